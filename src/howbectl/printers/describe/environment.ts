import type { Whole } from "../../../api/object.js";
import type { Container, EnvFromSource, EnvVar } from "../../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import type { Description } from "./description.js";
import { metadataValue, resourceValue } from "./reference-values.js";

const optionalCell = (optional: boolean | undefined): string => `Optional: ${optional === true}`;

/** Adds a container's environment: values as they are, references by what they refer to, and of a pod's also by the value. */
export function environmentBlocks(body: Description, container: Container, pod: Whole<Pod> | undefined): void {
  const { env, envFrom } = container;
  if (envFrom.length > 0) {
    body.block("Environment Variables from", (sources) => sources.cells(envFrom.map(sourceCells)));
  }
  if (env.length === 0) body.field("Environment", "<none>");
  else body.block("Environment", (variables) => variables.cells(env.flatMap((variable) => variableRows(variable, container, pod))));
}

function sourceCells({ configMapRef, secretRef, prefix }: EnvFromSource): string[] {
  const [from, source] = configMapRef === undefined ? ["Secret", secretRef] : ["ConfigMap", configMapRef];
  const type = prefix ? `${from} with prefix '${prefix}'` : from;
  return [source?.localObjectReference?.name ?? "", type, optionalCell(source?.optional)];
}

/** A value of several lines takes several rows. */
function variableRows(variable: EnvVar, container: Container, pod: Whole<Pod> | undefined): string[][] {
  const { name = "", value = "", valueFrom } = variable;
  if (valueFrom !== undefined) return [referenceCells(variable, container, pod)];
  return value.split("\n").map((line, index) => [index === 0 ? `${name}:` : "", line]);
}

function referenceCells({ name = "", valueFrom }: EnvVar, container: Container, pod: Whole<Pod> | undefined): string[] {
  const label = `${name}:`;
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom ?? {};
  if (fieldRef !== undefined) {
    const { apiVersion = "v1", fieldPath = "" } = fieldRef;
    return [label, `${pod === undefined ? "" : metadataValue(fieldPath, pod)} (${apiVersion}:${fieldPath})`];
  }
  if (resourceFieldRef !== undefined) {
    const of = pod?.spec.containers.find((candidate) => candidate.name === resourceFieldRef.containerName) ?? container;
    return [label, `${resourceValue(resourceFieldRef, of)} (${resourceFieldRef.resource ?? ""})`];
  }
  if (configMapKeyRef !== undefined) {
    const { key = "", localObjectReference, optional } = configMapKeyRef;
    return [label, `<set to the key '${key}' of config map '${localObjectReference?.name ?? ""}'>`, optionalCell(optional)];
  }
  if (secretKeyRef !== undefined) {
    const { key = "", localObjectReference, optional } = secretKeyRef;
    return [label, `<set to the key '${key}' in secret '${localObjectReference?.name ?? ""}'>`, optionalCell(optional)];
  }
  return [label, "<set by reference>"];
}
