import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { ContainerSnapshot } from "../runtime/interface.js";

/**
 * Whether a container's end is one that somebody may ask about: not that of a container which has done its work, nor of
 * one whose pod is deleted.
 */
export function isUntimely(snapshot: ContainerSnapshot, pod: Whole<Pod>): boolean {
  const { phase, identity, exitCode, oomKilled, startError } = snapshot;
  if (phase !== "exited" || identity.kind === "sandbox" || pod.metadata.deletionTimestamp !== undefined) return false;
  return exitCode !== 0 || oomKilled || startError !== "" || isToRunForever(snapshot, pod);
}

function isToRunForever({ identity }: ContainerSnapshot, { spec }: Whole<Pod>): boolean {
  const all = identity.kind === "app" ? spec.containers : spec.initContainers;
  const found = all.find(({ name }) => name === identity.container);
  if (found === undefined) return false;
  return (found.restartPolicy ?? (identity.kind === "app" ? spec.restartPolicy : undefined)) === "Always";
}
