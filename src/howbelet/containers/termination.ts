import type { ContainerSnapshot } from "../runtime/interface.js";

/** How a container ended, in a form that outlives it. */
export interface Termination {
  readonly exitCode: number;
  /** As Kubernetes names it: Completed, Error, OOMKilled, ContainerCannotRun, ContainerStatusUnknown. */
  readonly reason: string;
  readonly message: string;
  /** Undefined when nobody saw it. */
  readonly startedAtMs: number | undefined;
  readonly finishedAtMs: number | undefined;
  /** The runtime's id; "" when the container is gone. */
  readonly containerId: string;
}

/** Of a container that was started once and is nowhere to be found: it counts as killed, as in Kubernetes. */
export const vanished: Termination = {
  exitCode: 137,
  reason: "ContainerStatusUnknown",
  message: "The container could not be located when the pod was terminated",
  startedAtMs: undefined,
  finishedAtMs: undefined,
  containerId: "",
};

/** How an exited container ended; `lastWords` is what it left to be told. */
export function terminationOf(snapshot: ContainerSnapshot, lastWords = ""): Termination {
  return {
    exitCode: snapshot.exitCode,
    reason: reasonOf(snapshot),
    message: [snapshot.startError, lastWords].filter((part) => part !== "").join(": "),
    startedAtMs: snapshot.startedAtMs,
    finishedAtMs: snapshot.finishedAtMs,
    containerId: snapshot.id,
  };
}

function reasonOf({ exitCode, oomKilled, startError }: ContainerSnapshot): string {
  if (startError !== "") return "ContainerCannotRun";
  if (oomKilled) return "OOMKilled";
  return exitCode === 0 ? "Completed" : "Error";
}
