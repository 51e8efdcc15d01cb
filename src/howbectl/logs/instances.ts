import { shouldRestart } from "../../api/kinds/pod/restarting.js";
import type { ContainerStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import type { PodContainer } from "../pods/pod-containers.js";

/** The run of a container that its status is about now, and the one before: ids, where there are such. */
function instancesOf({ state, lastState, containerID }: ContainerStatus): readonly string[] {
  const current = state?.terminated?.containerID ?? (state?.running === undefined ? undefined : containerID);
  return [lastState?.terminated?.containerID, current].filter((id): id is string => id !== undefined && id !== "");
}

/**
 * The runs of a container whose output is still to be read, oldest first. Of a container that is looked at for the first
 * time only its last run counts: what was before, nobody who follows has asked for.
 *
 * @param known ids of the runs that were seen before; undefined at the first look
 */
export function unreadInstances(status: ContainerStatus | undefined, known: ReadonlySet<string> | undefined): readonly string[] {
  const instances = status === undefined ? [] : instancesOf(status);
  if (known === undefined) return instances.slice(-1);
  return [...new Set(instances)].filter((id) => !known.has(id));
}

/** All runs that a status names, read or not. */
export function namedInstances(status: ContainerStatus | undefined): readonly string[] {
  return status === undefined ? [] : instancesOf(status);
}

/** Whether a container has run for the last time, by when it is restarted. */
export function hasEndedForGood({ restarting }: PodContainer, status: ContainerStatus | undefined): boolean {
  const terminated = status?.state?.terminated;
  return terminated !== undefined && !shouldRestart(restarting, terminated.exitCode ?? 0);
}
