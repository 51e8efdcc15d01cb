import { isUtf8 } from "node:buffer";
import type { ConfigReference } from "../../api/kinds/pod/config-references.js";
import type { Container, EnvFromSource, EnvVar, EnvVarSource } from "../../gen/howbernetes/core/v1/container.js";
import type { ResourceFieldSelector } from "../../gen/howbernetes/core/v1/reference.js";
import type { Quantity } from "../../gen/howbernetes/meta/v1/values.js";
import type { ConfigData, KnownConfig } from "../config/known-config.js";
import { containerResource } from "./container-resource.js";
import { expandVariables } from "./env-expansion.js";
import { type PodFacts, podField } from "./pod-field.js";

/** All that a container's environment may be made of. */
export interface EnvironmentSources extends PodFacts {
  /** Of the node, by resource; undefined while that is not known. */
  readonly allocatable: Readonly<Record<string, Quantity>> | undefined;
  readonly configOf: (config: Pick<ConfigReference, "kind" | "name">) => KnownConfig;
}

/** A container's environment cannot be made now. */
export type EnvironmentProblem =
  /** Something is still to be found out. */
  | { readonly state: "pending" }
  /** Something must change first. */
  | { readonly state: "failed"; readonly message: string };

export type Environment = { readonly state: "ready"; readonly variables: ReadonlyMap<string, string> } | EnvironmentProblem;

/** Ends the making of an environment. */
class Obstacle extends Error {
  override readonly name = "Obstacle";

  constructor(readonly problem: EnvironmentProblem) {
    super(problem.state === "failed" ? problem.message : "still to be found out");
  }
}

const pending = (): Obstacle => new Obstacle({ state: "pending" });
const failed = (message: string): Obstacle => new Obstacle({ state: "failed", message });

/**
 * Makes a container's environment as it is now, by Kubernetes' rules: first what whole ConfigMaps and Secrets give, in
 * their order, then variable by variable; later ones replace earlier ones of their name, and a value may refer to those
 * before it. What is optional and not there is left out.
 */
export function makeEnvironment(container: Container, sources: EnvironmentSources): Environment {
  const variables = new Map<string, string>();
  try {
    for (const source of container.envFrom) addAll(variables, source, sources);
    for (const variable of container.env) {
      const value = variableValue(variable, variables, { container, sources });
      if (value !== undefined) variables.set(variable.name ?? "", value);
    }
    return { state: "ready", variables };
  } catch (error: unknown) {
    if (error instanceof Obstacle) return error.problem;
    throw error;
  }
}

/** Whether a container's environment depends on more than what its variables say. */
export function hasSources({ env, envFrom }: Container): boolean {
  return envFrom.length > 0 || env.some(({ valueFrom }) => valueFrom !== undefined);
}

/** Whatever a ConfigMap or Secret may have as a key, a variable may have as its name. */
function addAll(variables: Map<string, string>, from: EnvFromSource, sources: EnvironmentSources): void {
  const { prefix = "", configMapRef, secretRef } = from;
  const { localObjectReference, optional = false } = configMapRef ?? secretRef ?? {};
  const kind = configMapRef === undefined ? "secret" : "configmap";
  const config = { kind, name: localObjectReference?.name ?? "", optional } as const;
  for (const [key, value] of Object.entries(dataOf(config, sources) ?? {})) {
    variables.set(prefix + key, textOf(value, key, placeOf(config, sources)));
  }
}

interface Making {
  readonly container: Container;
  readonly sources: EnvironmentSources;
}

/** Undefined for a variable that is left out. */
function variableValue({ value = "", valueFrom }: EnvVar, variables: ReadonlyMap<string, string>, making: Making): string | undefined {
  if (value !== "" || valueFrom === undefined) return expandVariables(value, variables);
  const { fieldRef, resourceFieldRef } = valueFrom;
  if (fieldRef !== undefined) return podField(fieldRef.fieldPath ?? "", making.sources);
  return resourceFieldRef === undefined ? keyValue(valueFrom, making.sources) : resourceValue(resourceFieldRef, making);
}

function keyValue({ configMapKeyRef, secretKeyRef }: EnvVarSource, sources: EnvironmentSources): string | undefined {
  const { localObjectReference, key = "", optional = false } = configMapKeyRef ?? secretKeyRef ?? {};
  const kind = configMapKeyRef === undefined ? "secret" : "configmap";
  const config = { kind, name: localObjectReference?.name ?? "", optional } as const;
  const data = dataOf(config, sources);
  if (data === undefined) return undefined;
  const value = Object.hasOwn(data, key) ? data[key] : undefined;
  if (value !== undefined) return textOf(value, key, placeOf(config, sources));
  if (optional) return undefined;
  throw failed(`couldn't find key ${key} in ${placeOf(config, sources)}`);
}

function resourceValue(reference: ResourceFieldSelector, { container, sources: { pod, allocatable } }: Making): string {
  if (allocatable === undefined) throw pending();
  const { containerName: name = "" } = reference;
  const of = name === "" ? container : [...pod.spec.initContainers, ...pod.spec.containers].find((each) => each.name === name);
  if (of === undefined) throw failed(`container ${name} not found`);
  return containerResource(reference, of, allocatable);
}

/** Undefined for what is not there and need not be. */
function dataOf(config: ConfigReference, { configOf }: EnvironmentSources): ConfigData | undefined {
  const { kind, name, optional } = config;
  const known = configOf(config);
  switch (known.state) {
    case "present":
      return known.data;
    case "absent":
      if (optional) return undefined;
      throw failed(`${kind} "${name}" not found`);
    case "unread":
      throw known.problem === "" ? pending() : failed(`${kind} "${name}" cannot be read: ${known.problem}`);
  }
}

/** A program's environment is text, each value ended by a NUL. */
function textOf(value: string | Uint8Array, key: string, place: string): string {
  const text = typeof value === "string" ? value : isUtf8(value) ? Buffer.from(value).toString() : undefined;
  if (text === undefined) throw failed(`key ${key} in ${place} is not UTF-8, which the value of a variable must be`);
  if (text.includes("\0")) throw failed(`key ${key} in ${place} contains a NUL, which the value of a variable must not`);
  return text;
}

function placeOf({ kind, name }: ConfigReference, { pod }: EnvironmentSources): string {
  return `${kind === "secret" ? "Secret" : "ConfigMap"} ${pod.metadata.namespace}/${name}`;
}
