import type { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import type { ContainerStateTerminated, ContainerStatus } from "../../../gen/howbernetes/core/v1/pod_status.js";
import type { Whole } from "../../object.js";
import { isInitializing, unfinishedInitContainer } from "./initialization.js";

/** The reason that a pod's status has when its node was lost. */
const nodeLost = "NodeLost";

/**
 * The word of `get pods` STATUS, derived as Kubernetes' printer does: from the phase or the pod's own reason, then
 * from the first unfinished init container, then from the containers, then from the pod's deletion.
 */
export function podStatusWord(pod: Whole<Pod>): string {
  const { metadata, status } = pod;
  const phase = status.phase ?? "";
  if (metadata.deletionTimestamp !== undefined) {
    if (status.reason === nodeLost) return "Unknown";
    if (phase !== "Succeeded" && phase !== "Failed") return "Terminating";
  }
  const word = initWord(pod) ?? podWord(pod);
  return isInitializing(pod) ? word : containersWord(pod, word);
}

function podWord({ status }: Whole<Pod>): string {
  const gated = status.conditions.some(({ type, reason }) => type === "PodScheduled" && reason === "SchedulingGated");
  return gated ? "SchedulingGated" : status.reason || status.phase || "";
}

function initWord(pod: Whole<Pod>): string | undefined {
  const unfinished = unfinishedInitContainer(pod);
  if (unfinished === undefined) return undefined;
  const { waiting, terminated } = unfinished.status.state ?? {};
  if (terminated !== undefined) return `Init:${terminated.reason || exitWord(terminated)}`;
  if (waiting?.reason && waiting.reason !== "PodInitializing") return `Init:${waiting.reason}`;
  return `Init:${unfinished.index}/${pod.spec.initContainers.length}`;
}

/** What the containers make of the word so far: the first that has something to say wins. */
function containersWord(pod: Whole<Pod>, otherwise: string): string {
  const statuses = pod.status.containerStatuses;
  const words = statuses.map(containerWord).filter((word) => word !== undefined);
  const word = words[0] ?? otherwise;
  if (word !== "Completed") return word;

  const isRunning = statuses.some(({ ready, state }) => ready === true && state?.running !== undefined);
  if (isRunning && isPodReady(pod)) return "Running";
  const failed = statuses.find(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0);
  if (failed !== undefined) return containerWord(failed) ?? word;
  return isRunning ? "NotReady" : word;
}

function containerWord({ state }: ContainerStatus): string | undefined {
  if (state?.waiting?.reason) return state.waiting.reason;
  return state?.terminated === undefined ? undefined : state.terminated.reason || exitWord(state.terminated);
}

function exitWord({ signal, exitCode }: ContainerStateTerminated): string {
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode ?? 0}`;
}

function isPodReady({ status }: Whole<Pod>): boolean {
  return status.conditions.some((condition) => condition.type === "Ready" && condition.status === "True");
}
