import type { ContainerStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import type { RestartPolicy } from "../planning/restart-policy.js";

export type PodPhase = "Pending" | "Running" | "Succeeded" | "Failed";

/** What a pod's phase follows from. */
export interface PhaseFacts {
  readonly restartPolicy: RestartPolicy;
  /** Of the init containers that come to their end. */
  readonly init: readonly ContainerStatus[];
  readonly sidecars: readonly ContainerStatus[];
  readonly apps: readonly ContainerStatus[];
  /** All init containers have done their work: what restarts among them does not take the pod back to its beginning. */
  readonly isInitialized: boolean;
  /** The pod is being deleted, so that what has ended will not be restarted whatever its policy says. */
  readonly isEnding: boolean;
}

/** The phase that container statuses make, by Kubernetes' rules. */
export function podPhase({ restartPolicy, init, sidecars, apps, isInitialized, isEnding }: PhaseFacts): PodPhase {
  if (restartPolicy === "Never" && init.some(hasFailed)) return "Failed";
  if (init.some((status) => endOf(status) === undefined)) return "Pending";
  if (!isInitialized && sidecars.some((status) => status.started !== true)) return "Pending";
  const running = [...sidecars, ...apps].filter(isRunning);
  const ended = apps.flatMap((status) => (isRunning(status) ? [] : (endOf(status) ?? [])));
  const neverRan = apps.length - apps.filter(isRunning).length - ended.length;

  if (neverRan > 0) return "Pending";
  if (running.length > 0) return "Running";
  const allSucceeded = ended.every(({ exitCode }) => (exitCode ?? 0) === 0);
  if (isEnding) return allSucceeded ? "Succeeded" : "Failed";
  if (restartPolicy === "Always") return "Running";
  if (allSucceeded) return "Succeeded";
  return restartPolicy === "Never" ? "Failed" : "Running";
}

function isRunning({ state }: ContainerStatus): boolean {
  return state?.running !== undefined;
}

/** How it ended last; undefined while it runs, or has never run. */
function endOf({ state, lastState }: ContainerStatus) {
  if (state?.running !== undefined) return undefined;
  return state?.terminated ?? (state?.waiting === undefined ? undefined : lastState?.terminated);
}

function hasFailed({ state }: ContainerStatus): boolean {
  return state?.terminated !== undefined && (state.terminated.exitCode ?? 0) !== 0;
}
