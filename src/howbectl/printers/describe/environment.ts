import type { Container, EnvFromSource, EnvVar } from "../../../gen/howbernetes/core/v1/container.js";
import type { Description } from "./description.js";

const optionalCell = (optional: boolean | undefined): string => `Optional: ${optional === true}`;

/** Adds a container's environment: values as they are, references by what they refer to. */
export function environmentBlocks(body: Description, { env, envFrom }: Container): void {
  if (envFrom.length > 0) {
    body.block("Environment Variables from", (sources) => sources.cells(envFrom.map(sourceCells)));
  }
  if (env.length === 0) body.field("Environment", "<none>");
  else body.block("Environment", (variables) => variables.cells(env.flatMap(variableRows)));
}

function sourceCells({ configMapRef, secretRef, prefix }: EnvFromSource): string[] {
  const [from, source] = configMapRef === undefined ? ["Secret", secretRef] : ["ConfigMap", configMapRef];
  const type = prefix ? `${from} with prefix '${prefix}'` : from;
  return [source?.localObjectReference?.name ?? "", type, optionalCell(source?.optional)];
}

/** A value of several lines takes several rows. */
function variableRows(variable: EnvVar): string[][] {
  const { name = "", value = "", valueFrom } = variable;
  if (valueFrom !== undefined) return [referenceCells(variable)];
  return value.split("\n").map((line, index) => [index === 0 ? `${name}:` : "", line]);
}

function referenceCells({ name = "", valueFrom }: EnvVar): string[] {
  const label = `${name}:`;
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom ?? {};
  if (fieldRef !== undefined) return [label, ` (${fieldRef.apiVersion ?? "v1"}:${fieldRef.fieldPath ?? ""})`];
  if (resourceFieldRef !== undefined) return [label, ` (${resourceFieldRef.resource ?? ""})`];
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
