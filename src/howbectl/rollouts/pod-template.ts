import { isDeepStrictEqual } from "node:util";
import type { PodTemplateSpec } from "../../gen/howbernetes/core/v1/pod.js";

/** The label by which a Deployment's controller tells its ReplicaSets apart; their templates have it, the Deployment's does not. */
const templateHashLabel = "pod-template-hash";

/** A ReplicaSet's template as its Deployment had it. */
export function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  if (template.metadata === undefined) return template;
  const { [templateHashLabel]: _hash, ...labels } = template.metadata.labels;
  return { ...template, metadata: { ...template.metadata, labels } };
}

/** Whether two templates of stored objects make the same pods. */
export function isSameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  return a !== undefined && b !== undefined && isDeepStrictEqual(withoutHash(a), withoutHash(b));
}
