import type { Whole } from "../../api/object.js";
import { timeToMs } from "../../api/values/time.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import type { PodFailure } from "../pods/pod-life.js";

/** What becomes of a pod that outlives its `activeDeadlineSeconds`. */
export const deadlineExceeded: PodFailure = {
  reason: "DeadlineExceeded",
  message: "Pod was active on the node longer than the specified deadline",
};

/** How long a pod may still be active, by the wall clock since its node took notice of it; undefined for as long as it likes. */
export function activeMsLeft({ spec }: Whole<Pod>, { startTime }: PodStatus, nowMs: number): number | undefined {
  const { activeDeadlineSeconds } = spec;
  const startMs = timeToMs(startTime);
  if (activeDeadlineSeconds === undefined || startMs === undefined) return undefined;
  return startMs + activeDeadlineSeconds * 1000 - nowMs;
}
