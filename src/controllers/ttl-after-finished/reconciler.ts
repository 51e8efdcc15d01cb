import { isConflict, isNotFound } from "../../api/errors.js";
import { formatKey, keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { Lister, Reconciler, ResourceClient, Result } from "../../client/contracts.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";
import { expiresInMs } from "./plan.js";

export interface TtlAfterFinishedDeps {
  readonly jobs: Lister<Job>;
  readonly client: ResourceClient<Job>;
  readonly clock: Clock;
  readonly log: Log;
}

/** A timer holds 24 days at most; and wall clocks are set right now and then. */
const longestWaitMs = 24 * 60 * 60 * 1000;

/** Deletes Jobs, and their pods before them, once they have been finished for as long as they ask for. */
export class TtlAfterFinishedReconciler implements Reconciler {
  constructor(private readonly deps: TtlAfterFinishedDeps) {}

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const { jobs, client, log } = this.deps;
    const cached = this.waitFor(jobs.get(key));
    if (cached !== undefined) return cached;
    try {
      // The cache may trail: whoever has just asked for more time is to have it.
      const fresh = await client.get(key, { signal });
      const wait = this.waitFor(fresh);
      if (wait !== undefined) return wait;
      log.info("deleting finished job", { job: formatKey(key) });
      const { uid, resourceVersion } = fresh.metadata;
      await client.delete(keyOf(fresh), { options: { propagationPolicy: "Foreground", preconditions: { uid, resourceVersion } }, signal });
    } catch (error: unknown) {
      // Gone, or changed: of that we are told.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
    return {};
  }

  /** What there is to wait for; undefined when the Job's time is over. */
  private waitFor(job: Whole<Job> | undefined): Result | undefined {
    const leftMs = job === undefined ? undefined : expiresInMs(job, this.deps.clock.now());
    if (leftMs === undefined) return {};
    return leftMs === 0 ? undefined : { requeueAfterMs: Math.min(leftMs, longestWaitMs) };
  }
}
