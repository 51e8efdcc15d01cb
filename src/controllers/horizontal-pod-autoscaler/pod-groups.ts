import type { Whole } from "../../api/object.js";
import { timeToMs } from "../../api/values/time.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { podCondition } from "../pod-state.js";
import type { PodSample, PodSamples } from "./metrics-source.js";

/** Pods by what their samples are good for. */
export interface PodGroups {
  /** How many count with what was measured of them. */
  readonly measured: number;
  /** Names of those that are about to count: they have not started, or what was measured is of their start. */
  readonly unready: ReadonlySet<string>;
  /** Names of those of which nothing was measured. */
  readonly missing: ReadonlySet<string>;
  /** Names of those that are going, or have failed: they don't count at all. */
  readonly ignored: ReadonlySet<string>;
}

// Kubernetes' settings of its controller: for so long after its start a pod may use more than it will …
const startingMs = 5 * 60_000;
// … and so long it may take to be ready for the first time.
const firstReadyMs = 30_000;

/** Sorts pods by Kubernetes' rules. Only for processors does it matter whether a pod is starting. */
export function groupPods(pods: readonly Whole<Pod>[], samples: PodSamples, resource: string, nowMs: number): PodGroups {
  const groups = { measured: 0, unready: new Set<string>(), missing: new Set<string>(), ignored: new Set<string>() };
  for (const pod of pods) {
    const { name, deletionTimestamp } = pod.metadata;
    const sample = samples.get(name);
    if (deletionTimestamp !== undefined || pod.status.phase === "Failed") groups.ignored.add(name);
    else if (pod.status.phase === "Pending") groups.unready.add(name);
    else if (sample === undefined) groups.missing.add(name);
    else if (resource === "cpu" && isStarting(pod, sample, nowMs)) groups.unready.add(name);
    else groups.measured += 1;
  }
  return groups;
}

function isStarting(pod: Whole<Pod>, { measuredAtMs, windowMs }: PodSample, nowMs: number): boolean {
  const ready = podCondition(pod, "Ready");
  const startedMs = timeToMs(pod.status.startTime);
  if (ready === undefined || startedMs === undefined) return true;
  const sinceMs = timeToMs(ready.lastTransitionTime) ?? 0;
  const isUnready = ready.status === "False";
  if (startedMs + startingMs > nowMs) return isUnready || measuredAtMs < sinceMs + windowMs;
  // It is unready, and has been since it started: it was never ready at all.
  return isUnready && startedMs + firstReadyMs > sinceMs;
}
