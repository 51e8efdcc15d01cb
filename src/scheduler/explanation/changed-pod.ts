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
 * begin is begun once, and an item is meant wherever those before it have gone.
 */
export function inSequence(changes: readonly (readonly SpecChange[])[]): readonly (readonly SpecChange[])[] {
  const begun = new Set<string>();
  const gone: GoneItems = new Map();
  return changes.map((patch) => {
    const now = patch.flatMap((change) => moved(change, gone)).flatMap((change) => continued(change, begun));
    for (const change of patch) noteRemoval(change, gone);
    return now;
  });
}

/** By lists' paths: which of their items patches before have taken away, as they were numbered in the pod. */
type GoneItems = Map<string, Set<number>>;

const itemPattern = /^(?<list>.*)\/(?<index>\d+)$/;
// The one map that is patched whose names may be numbers.
const selectorPath = "/spec/nodeSelector";

function noteRemoval({ op, path }: SpecChange, gone: GoneItems): void {
  const { list, index } = itemPattern.exec(path)?.groups ?? {};
  if (op !== "remove" || list === undefined || list === selectorPath) return;
  gone.set(list, new Set(gone.get(list)).add(Number(index)));
}

/** A change, where what it is about is by then; none when that is gone. */
function moved(change: SpecChange, gone: GoneItems): SpecChange[] {
  const words = change.path.split("/");
  const now: string[] = [];
  for (const [at, word] of words.entries()) {
    const before = gone.get(words.slice(0, at).join("/"));
    const index = Number(word);
    if (before?.has(index) === true) return [];
    now.push(before === undefined || Number.isNaN(index) ? word : String(index - [...before].filter((each) => each < index).length));
  }
  return [{ ...change, path: now.join("/") }];
}

/** What would begin a list that is there by then goes on with it. */
function continued(change: SpecChange, begun: Set<string>): SpecChange[] {
  if (change.op !== "add" || !Array.isArray(change.value)) return [change];
  const { path, value } = change;
  if (begun.has(path)) return value.map((item: unknown): SpecChange => ({ op: "add", path: `${path}/-`, value: item }));
  begun.add(path);
  return [change];
}
