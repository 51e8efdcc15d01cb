import { isDeepStrictEqual } from "node:util";
import type { PodTemplateSpec } from "../../gen/howbernetes/core/v1/pod.js";
import { templateHashLabel } from "./annotations.js";

/**
 * Whether two stored templates make the same pods. The hash label, which a ReplicaSet's template has in addition, does
 * not count. Stored objects have one form for one meaning, so the templates can be compared as they are.
 */
export function isSameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  return isDeepStrictEqual(withoutHash(a), withoutHash(b));
}

/** A template without the hash label, as a Deployment has it. */
export function withoutHash<T extends PodTemplateSpec | undefined>(template: T): T {
  if (template?.metadata === undefined) return template;
  const { [templateHashLabel]: _hash, ...labels } = template.metadata.labels;
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** A template with the hash label, as a ReplicaSet has it. */
export function withHash(template: PodTemplateSpec, hash: string): PodTemplateSpec {
  const copy = structuredClone(template);
  if (copy.metadata !== undefined) copy.metadata.labels = { ...copy.metadata.labels, [templateHashLabel]: hash };
  return copy;
}
