import type { ContainerStateTerminated, ContainerStatus } from "../../gen/howbernetes/core/v1/pod_status.js";

export type PodPhase = "Pending" | "Running" | "Succeeded" | "Failed";

/** What a pod's phase follows from. */
export interface PhaseFacts {
  /** Whether that container is started again after such an end. */
  readonly willRestart: (container: string, exitCode: number) => boolean;
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
export function podPhase({ willRestart, init, sidecars, apps, isInitialized, isEnding }: PhaseFacts): PodPhase {
  if (init.some((status) => hasFailed(status, willRestart))) return "Failed";
  if (init.some((status) => endOf(status) === undefined)) return "Pending";
  if (!isInitialized && sidecars.some((status) => status.started !== true)) return "Pending";
  const running = [...sidecars, ...apps].filter(isRunning);
  const ended = apps.flatMap((status) => {
    const exitCode = exitCodeOf(endOf(status));
    return exitCode === undefined ? [] : [{ exitCode, isFinal: !willRestart(status.name ?? "", exitCode) }];
  });
  const neverRan = apps.length - apps.filter(isRunning).length - ended.length;

  if (neverRan > 0) return "Pending";
  if (running.length > 0) return "Running";
  if (!isEnding && !ended.every((each) => each.isFinal)) return "Running";
  return ended.every(({ exitCode }) => exitCode === 0) ? "Succeeded" : "Failed";
}

function isRunning({ state }: ContainerStatus): boolean {
  return state?.running !== undefined;
}

/** How it ended last; undefined while it runs, or has never run. */
function endOf({ state, lastState }: ContainerStatus) {
  if (state?.running !== undefined) return undefined;
  return state?.terminated ?? (state?.waiting === undefined ? undefined : lastState?.terminated);
}

function exitCodeOf(end: ContainerStateTerminated | undefined): number | undefined {
  return end === undefined ? undefined : (end.exitCode ?? 0);
}

/** It has ended badly, and for good. */
function hasFailed({ name = "", state }: ContainerStatus, willRestart: PhaseFacts["willRestart"]): boolean {
  const exitCode = exitCodeOf(state?.terminated) ?? 0;
  return exitCode !== 0 && !willRestart(name, exitCode);
}
