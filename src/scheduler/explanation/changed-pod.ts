import { objectFromJson, objectToJson } from "../../api/codec/json.js";
import { complete } from "../../api/codec/whole.js";
import { isApiError } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { applyOperations } from "../../api/patch/json-operations.js";
import { type PodInfo, podInfo } from "../cluster/pod-info.js";
import type { SpecChange } from "../framework/refusal.js";

/** The pod as it would be. @returns undefined when the changes do not apply to it, or would make it one that is refused */
export function changedPod(pod: PodInfo, changes: readonly (readonly SpecChange[])[]): PodInfo | undefined {
  if (changes.length === 0) return pod;
  try {
    const decoded = objectFromJson(podKind, applyOperations(objectToJson(podKind, pod.pod), together(changes)));
    if (decoded.errors.length > 0 || decoded.strictErrors.length > 0) return undefined;
    const changed = complete(podKind, decoded.object);
    podKind.applyDefaults(changed);
    // What is wrong with it already is not the change's fault.
    return podKind.validate(changed).length > podKind.validate(pod.pod).length ? undefined : podInfo(changed);
  } catch (error: unknown) {
    if (isApiError(error)) return undefined;
    throw error;
  }
}

/** Patches that were each made for the pod as it is, one after the other: a list that two of them begin is begun once. */
export function together(changes: readonly (readonly SpecChange[])[]): readonly SpecChange[] {
  const begun = new Set<string>();
  return changes.flat().flatMap((change) => {
    if (change.op !== "add" || !Array.isArray(change.value)) return [change];
    const { path, value } = change;
    if (begun.has(path)) return value.map((item: unknown): SpecChange => ({ op: "add", path: `${path}/-`, value: item }));
    begun.add(path);
    return [change];
  });
}
