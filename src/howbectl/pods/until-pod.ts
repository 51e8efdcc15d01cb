import { notFound } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { ObjectKey, Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { CliEnv } from "../cli-env.js";
import { foundInTime } from "../deadline-signal.js";
import { changesAfter } from "../resources/changes-after.js";
import { selectionOfOne } from "../resources/selection-flags.js";

/** What a pod is waited for. */
export interface PodWait {
  readonly key: ObjectKey;
  readonly holds: (pod: Whole<Pod>) => boolean;
  /** Undefined: for ever. */
  readonly timeoutMs: number | undefined;
}

/** Waits, by watching, until something holds of a pod. @throws UsageError when the time is over; ApiError NotFound when it goes */
export async function untilPod({ key, holds, timeoutMs }: PodWait, env: CliEnv): Promise<Whole<Pod>> {
  const client = (await env.client()).of(podKind);
  const selection = selectionOfOne(key);
  return foundInTime(timeoutMs, env, async (signal) => {
    const list = await client.list({ ...selection, signal });
    for (const pod of list.items) if (holds(pod)) return pod;
    for await (const { type, object } of changesAfter(client, selection, list, signal)) {
      if (type === "deleted") throw notFound({ group: "", kind: podKind.plural, name: key.name });
      if (holds(object)) return object;
    }
    return undefined;
  });
}

/** Whether a pod has come to its end. */
export function hasEnded({ status }: Whole<Pod>): boolean {
  return status.phase === "Succeeded" || status.phase === "Failed";
}
