import { isDeepStrictEqual } from "node:util";
import { messageToJson } from "../../api/codec/json.js";
import type { PodTemplateSpec } from "../../gen/howbernetes/core/v1/pod.js";
import { templateHashLabel } from "./annotations.js";

const typeName = "howbernetes.core.v1.PodTemplateSpec";

/**
 * Whether two templates make the same pods. The hash label, which a ReplicaSet's template has in addition, does not
 * count. Compared as JSON, where a part that was left out and one that is there but empty are the same, as they mean
 * the same: which of the two an object has depends on whether it came as JSON or as protobuf.
 */
export function isSameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return isDeepStrictEqual(messageToJson(typeName, withoutHash(a)), messageToJson(typeName, withoutHash(b)));
}

function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  if (template.metadata === undefined) return template;
  const { [templateHashLabel]: _hash, ...labels } = template.metadata.labels;
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** A template with the hash label, as a ReplicaSet has it. */
export function withHash(template: PodTemplateSpec, hash: string): PodTemplateSpec {
  const copy = structuredClone(template);
  if (copy.metadata !== undefined) copy.metadata.labels = { ...copy.metadata.labels, [templateHashLabel]: hash };
  return copy;
}
