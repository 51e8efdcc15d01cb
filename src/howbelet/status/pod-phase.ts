import type { ContainerStatus } from "../../gen/howbernetes/core/v1/pod_status.js";

export type PodPhase = "Pending" | "Running" | "Succeeded" | "Failed";

/**
 * The phase that container statuses make, by Kubernetes' rules. `isEnding`: the pod is being deleted, so that what has
 * ended will not be restarted whatever its policy says.
 */
export function podPhase(statuses: readonly ContainerStatus[], restartPolicy: string | undefined, isEnding: boolean): PodPhase {
  const running = statuses.filter(({ state }) => state?.running !== undefined);
  const ended = statuses.flatMap(({ state, lastState }) => {
    const terminated = state?.terminated ?? (state?.waiting === undefined ? undefined : lastState?.terminated);
    return terminated === undefined ? [] : [terminated];
  });
  const neverRan = statuses.length - running.length - ended.length;

  if (neverRan > 0) return "Pending";
  if (running.length > 0) return "Running";
  const allSucceeded = ended.every(({ exitCode }) => (exitCode ?? 0) === 0);
  if (isEnding) return allSucceeded ? "Succeeded" : "Failed";
  if (restartPolicy === "Always" || restartPolicy === undefined) return "Running";
  if (allSucceeded) return "Succeeded";
  return restartPolicy === "Never" ? "Failed" : "Running";
}
