import { objectFromJson, objectToJson } from "../../api/codec/json.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import { complete } from "../../api/codec/whole.js";
import { isApiError } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import { applyOperations } from "../../api/patch/json-operations.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { type PodInfo, podInfo } from "../cluster/pod-info.js";
import type { SpecChange } from "../framework/refusal.js";

/** The pod as it would be. @returns undefined when the changes do not apply to it, or would make it one that is refused */
export function changedPod(pod: PodInfo, changes: readonly (readonly SpecChange[])[]): PodInfo | undefined {
  if (changes.length === 0) return pod;
  const before = objectToJson(podKind, pod.pod);
  try {
    const changed = admitted(applyOperations(before, inSequence(changes).flat()));
    // What is wrong with it already is not the change's fault.
    if (changed === undefined || changed.errors > (admitted(before)?.errors ?? 0)) return undefined;
    return podInfo(changed.pod);
  } catch (error: unknown) {
    if (isApiError(error)) return undefined;
    throw error;
  }
}

/** The pod as it would be stored. @returns undefined when it cannot be read */
function admitted(json: JsonObject): { readonly pod: Whole<Pod>; readonly errors: number } | undefined {
  const { object, errors, strictErrors } = objectFromJson(podKind, json);
  if (errors.length > 0 || strictErrors.length > 0) return undefined;
  const pod = complete(podKind, object);
  podKind.applyDefaults(pod);
  return { pod, errors: podKind.validate(pod).length };
}

/**
 * Patches that were each made for the pod as it is, so that they may be applied one after the other: a list that two of them
 * begin is begun once.
 */
export function inSequence(changes: readonly (readonly SpecChange[])[]): readonly (readonly SpecChange[])[] {
  const begun = new Set<string>();
  return changes.map((patch) =>
    patch.flatMap((change) => {
      if (change.op !== "add" || !Array.isArray(change.value)) return [change];
      const { path, value } = change;
      if (begun.has(path)) return value.map((item: unknown): SpecChange => ({ op: "add", path: `${path}/-`, value: item }));
      begun.add(path);
      return [change];
    }),
  );
}
