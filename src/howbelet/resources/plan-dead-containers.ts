import type { ContainerSnapshot } from "../runtime/interface.js";

/** What dead containers are kept for their logs. */
export interface DeadContainerPolicy {
  /** On the whole node. */
  readonly keepAtMost: number;
  /** One that has died since is kept in any case: somebody may be about to ask why. */
  readonly minAgeMs: number;
}

/**
 * Unlike Kubernetes, which keeps all until the disk is short: each takes a name, a folder and a line of every list that
 * the engine makes. What is kept of the last 200 is enough to see what a node has been through.
 */
export const defaultDeadContainerPolicy: DeadContainerPolicy = { keepAtMost: 200, minAgeMs: 60_000 };

/** When the disk is short nothing dead is kept. */
export const noDeadContainers: DeadContainerPolicy = { keepAtMost: 0, minAgeMs: 0 };

/**
 * Which dead containers go, the oldest first: those of pods that have ended, whose statuses stand, and those that another
 * run has followed. The last run of a container of a pod that has not ended stays: how it ended decides what comes next.
 */
export function planDeadContainers(
  containers: readonly ContainerSnapshot[],
  hasEnded: (podUid: string) => boolean,
  { keepAtMost, minAgeMs }: DeadContainerPolicy,
  nowMs: number,
): readonly string[] {
  const newest = new Map<string, number>();
  for (const { identity } of containers) {
    const key = keyOf(identity);
    newest.set(key, Math.max(newest.get(key) ?? 0, identity.attempt));
  }
  const dead = containers
    .filter(({ phase, identity }) => phase === "exited" && identity.kind !== "sandbox")
    .filter(({ identity }) => hasEnded(identity.podUid) || identity.attempt < (newest.get(keyOf(identity)) ?? 0))
    .sort((a, b) => (a.finishedAtMs ?? 0) - (b.finishedAtMs ?? 0));
  return dead
    .slice(0, Math.max(0, dead.length - keepAtMost))
    .filter(({ finishedAtMs }) => nowMs - (finishedAtMs ?? 0) >= minAgeMs)
    .map(({ id }) => id);
}

const keyOf = ({ podUid, container }: ContainerSnapshot["identity"]): string => `${podUid}/${container}`;
