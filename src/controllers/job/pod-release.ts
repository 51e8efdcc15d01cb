import { isConflict, isNotFound } from "../../api/errors.js";
import { keyOf, type Whole } from "../../api/object.js";
import type { ResourceClient } from "../../client/contracts.js";
import type { OwnWrites } from "../../client/own-writes.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { forEachBounded } from "../bounded.js";
import { isTracked, trackingFinalizer } from "./pod-facts.js";

// As many calls as keep the api-server's group commit busy, from one Job.
const releasesAtOnce = 50;

/** Takes the tracking finalizer from a pod, if it is still the one meant. @returns it as it then is, if it was there */
export async function releasePod(pods: ResourceClient<Pod>, pod: Whole<Pod>, signal: AbortSignal): Promise<Whole<Pod> | undefined> {
  const { uid } = pod.metadata;
  const patch = { metadata: { uid, "$deleteFromPrimitiveList/finalizers": [trackingFinalizer] } };
  try {
    return await pods.patch(keyOf(pod), "strategic", patch, { signal });
  } catch (error: unknown) {
    // It is gone, or another pod has its name.
    if (isNotFound(error) || isConflict(error)) return undefined;
    throw error;
  }
}

/** Takes the finalizer from pods of Jobs, and remembers whose the cache still shows. */
export class PodRelease {
  /** Pods released, by uid, until the cache shows it; per Job's uid. */
  private readonly released = new Map<string, Set<string>>();

  constructor(
    private readonly pods: ResourceClient<Pod>,
    private readonly ownWrites: OwnWrites,
  ) {}

  /** The pods of `owned`, which is all that the cache has, whose finalizer is gone though it does not say so yet. */
  releasedOf({ metadata }: Whole<Job>, owned: readonly Whole<Pod>[]): ReadonlySet<string> {
    const released = this.released.get(metadata.uid) ?? new Set();
    const shown = new Set(owned.filter(isTracked).map((pod) => pod.metadata.uid));
    for (const uid of released) if (!shown.has(uid)) released.delete(uid);
    return released;
  }

  isReleased({ metadata }: Whole<Job>, podUid: string): boolean {
    return this.released.get(metadata.uid)?.has(podUid) === true;
  }

  /** @returns what failed */
  async release(job: Whole<Job>, pods: readonly Whole<Pod>[], signal: AbortSignal): Promise<readonly unknown[]> {
    const released = this.released.get(job.metadata.uid) ?? new Set();
    this.released.set(job.metadata.uid, released);
    return await forEachBounded(pods.filter(isTracked), releasesAtOnce, async (pod) => {
      if (released.has(pod.metadata.uid)) return;
      const stored = await releasePod(this.pods, pod, signal);
      if (stored !== undefined) this.ownWrites.record(keyOf(job), stored.metadata.resourceVersion);
      released.add(pod.metadata.uid);
    });
  }

  /** The Job is gone, or over. */
  forget(jobUid: string): void {
    this.released.delete(jobUid);
  }
}
