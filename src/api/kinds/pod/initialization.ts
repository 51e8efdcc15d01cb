import type { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import type { ContainerStatus } from "../../../gen/howbernetes/core/v1/pod_status.js";
import type { Whole } from "../../object.js";

/** Names of the init containers that stay: those with `restartPolicy: Always`. */
export function sidecarNames({ spec }: Whole<Pod>): ReadonlySet<string> {
  return new Set(spec.initContainers.filter(({ restartPolicy }) => restartPolicy === "Always").map(({ name = "" }) => name));
}

/** The first init container that has still to finish, or a sidecar to start, and its place; undefined when all have. */
export function unfinishedInitContainer(pod: Whole<Pod>): { readonly status: ContainerStatus; readonly index: number } | undefined {
  const sidecars = sidecarNames(pod);
  const index = pod.status.initContainerStatuses.findIndex(({ name = "", state, started }) => {
    if (state?.terminated !== undefined && (state.terminated.exitCode ?? 0) === 0) return false;
    return !(sidecars.has(name) && started === true);
  });
  const status = pod.status.initContainerStatuses[index];
  return status === undefined ? undefined : { status, index };
}

/** The app containers do not count yet: an init container is unfinished, and the pod has not once been initialized. */
export function isInitializing(pod: Whole<Pod>): boolean {
  const initialized = pod.status.conditions.some(({ type, status }) => type === "Initialized" && status === "True");
  return unfinishedInitContainer(pod) !== undefined && !initialized;
}
