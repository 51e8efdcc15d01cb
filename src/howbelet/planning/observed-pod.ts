import type { ContainerSnapshot } from "../runtime/interface.js";

/** What there is of a pod at one moment. */
export interface ObservedPod {
  /** Newest first. */
  readonly sandboxes: readonly ContainerSnapshot[];
  /** By name in the spec, each list newest first. */
  readonly containers: ReadonlyMap<string, readonly ContainerSnapshot[]>;
}

/** Sorts a pod's containers by what they are. */
export function observePod(snapshots: readonly ContainerSnapshot[]): ObservedPod {
  const newestFirst = [...snapshots].sort((a, b) => b.identity.attempt - a.identity.attempt || b.createdAtMs - a.createdAtMs);
  const containers = new Map<string, ContainerSnapshot[]>();
  for (const snapshot of newestFirst) {
    if (snapshot.identity.kind === "sandbox") continue;
    const { container } = snapshot.identity;
    containers.set(container, [...(containers.get(container) ?? []), snapshot]);
  }
  return { sandboxes: newestFirst.filter(({ identity }) => identity.kind === "sandbox"), containers };
}

/** All containers that are not sandboxes. */
export function membersOf(observed: ObservedPod): readonly ContainerSnapshot[] {
  return [...observed.containers.values()].flat();
}

/** The newest container of that name. */
export function currentOf(observed: ObservedPod, container: string): ContainerSnapshot | undefined {
  return observed.containers.get(container)?.[0];
}

/** The sandbox that runs, if the newest one does. */
export function runningSandbox(observed: ObservedPod): ContainerSnapshot | undefined {
  const [newest] = observed.sandboxes;
  return newest?.phase === "running" ? newest : undefined;
}
