import type { Json, JsonObject } from "../../api/codec/json-values.js";
import type { Kind } from "../../api/kinds/kind.js";
import { isObject, listAt } from "../manifests/json-fields.js";
import { UsageError } from "../usage-error.js";
import type { FoundObject } from "./found-objects.js";
import { qualifiedName } from "./kind-lookup.js";

/** Where the kinds that run pods say what these are like. */
const podSpecPaths: Readonly<Record<string, readonly string[]>> = {
  Pod: ["spec"],
  ReplicaSet: ["spec", "template", "spec"],
  Deployment: ["spec", "template", "spec"],
  DaemonSet: ["spec", "template", "spec"],
  StatefulSet: ["spec", "template", "spec"],
  Job: ["spec", "template", "spec"],
  CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
};

/**
 * An object with another pod spec.
 *
 * @throws UsageError for an object that makes no pods
 */
export function withPodSpec(found: FoundObject, change: (spec: JsonObject) => JsonObject): JsonObject {
  const { kind, key, json } = found;
  const path = podSpecPaths[kind.kind];
  if (path !== undefined) return changeAt(json, path, change);
  throw new UsageError(`${qualifiedName(kind, key.name)} the object is not a pod or does not have a pod template: ${typeOf(kind)}`);
}

function changeAt(json: JsonObject, [name, ...rest]: readonly string[], change: (inner: JsonObject) => JsonObject): JsonObject {
  if (name === undefined) return change(json);
  const inner = json[name];
  return { ...json, [name]: changeAt(isObject(inner) ? inner : {}, rest, change) };
}

const typeOf = ({ kind, version }: Kind): string => `*${version}.${kind}`;

/** A pod spec with other containers and init containers, in that order. */
export function withContainers(spec: JsonObject, change: (container: JsonObject) => JsonObject): JsonObject {
  const changed: Record<string, Json> = { ...spec };
  for (const field of ["containers", "initContainers"]) {
    if (spec[field] === undefined) continue;
    changed[field] = listAt(spec, field).map((container) => (isObject(container) ? change(container) : container));
  }
  return changed;
}

/** Whether a name is meant by a pattern in which `*` stands for any text. */
export function matchesPattern(name: string, pattern: string): boolean {
  const escaped = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${escaped.join(".*")}$`).test(name);
}
