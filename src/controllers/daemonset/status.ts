import type { DaemonSetStatus } from "../../gen/howbernetes/apps/v1/daemonset.js";
import { availableInMs } from "../pod-state.js";
import type { DaemonSetView } from "./view.js";

/** What the DaemonSet's status should say of its nodes. */
export function daemonSetStatus({ daemonSet, nodes }: DaemonSetView): DaemonSetStatus {
  const wanted = nodes.filter(({ shouldRun }) => shouldRun);
  const available = wanted.filter(({ pods }) => pods.some(({ isAvailable }) => isAvailable)).length;
  return {
    ...daemonSet.status,
    desiredNumberScheduled: wanted.length,
    currentNumberScheduled: wanted.filter(({ pods }) => pods.length > 0).length,
    numberMisscheduled: nodes.filter(({ shouldRun, pods }) => !shouldRun && pods.length > 0).length,
    numberReady: wanted.filter(({ pods }) => pods.some(({ isReady }) => isReady)).length,
    // As long as an old pod is there, the node is not done.
    updatedNumberScheduled: wanted.filter(({ pods }) => pods[0]?.isUpdated === true).length,
    numberAvailable: available,
    numberUnavailable: wanted.length - available,
    observedGeneration: daemonSet.metadata.generation ?? 0,
  };
}

/** When the next ready pod becomes available, if one is on its way to. */
export function nextAvailableInMs({ daemonSet, nodes }: DaemonSetView, nowMs: number): number | undefined {
  const minReadySeconds = daemonSet.spec.minReadySeconds ?? 0;
  const waits = nodes
    .flatMap(({ pods }) => pods)
    .filter(({ isGoing }) => !isGoing)
    .map(({ pod }) => availableInMs(pod, minReadySeconds, nowMs) ?? 0)
    .filter((waitMs) => waitMs > 0);
  return waits.length === 0 ? undefined : Math.min(...waits);
}
