import { badRequest } from "../../api/errors.js";
import type { ContainerStatus, PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";

/** A container's instance that is wanted. */
export interface WantedContainer {
  readonly podName: string;
  /** "" for the only one. */
  readonly container: string;
}

/**
 * The id of the container whose log is meant: Kubernetes reads the last one's log while the next one waits.
 * @throws ApiError BadRequest in Kubernetes' words: no such container, or it has no log yet
 */
export function loggedContainer({ podName, container }: WantedContainer, status: PodStatus, previous: boolean): string {
  const found = find(status, container);
  if (found === undefined) throw badRequest(`container ${container} is not valid for pod ${podName}`);
  const id = previous ? idOf(found.lastState?.terminated?.containerID) : newestId(found);
  if (id !== "") return id;
  if (previous) throw badRequest(`previous terminated container "${found.name}" in pod "${podName}" not found`);
  throw badRequest(
    `container "${found.name}" in pod "${podName}" is waiting to start: ${found.state?.waiting?.reason ?? "ContainerCreating"}`,
  );
}

/**
 * The id of the container in which something is to be done: it must run.
 * @throws ApiError BadRequest in Kubernetes' words
 */
export function runningContainer({ container }: WantedContainer, status: PodStatus): string {
  const found = find(status, container);
  if (found?.state?.running === undefined) throw containerNotFound(container);
  return idOf(found.containerID);
}

/** What is said of a container that does not run. */
export function containerNotFound(container: string): Error {
  return badRequest(`container not found ("${container}")`);
}

function find(status: PodStatus, container: string): ContainerStatus | undefined {
  const only = status.containerStatuses.length === 1 ? status.containerStatuses[0] : undefined;
  if (container === "") return only;
  const all = [...status.containerStatuses, ...status.initContainerStatuses, ...status.ephemeralContainerStatuses];
  return all.find(({ name }) => name === container);
}

function newestId({ state, lastState, containerID }: ContainerStatus): string {
  if (state?.running !== undefined) return idOf(containerID);
  return idOf(state?.terminated?.containerID ?? lastState?.terminated?.containerID);
}

/** Without the scheme: "docker://abc" is "abc". */
function idOf(containerId: string | undefined): string {
  return (containerId ?? "").replace(/^[^/]*:\/\//, "");
}
