import type { Whole } from "../../api/object.js";
import { type BackoffOptions, backoffMs } from "../../base/backoff.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { finishedAtMs } from "./pod-facts.js";

/** Kubernetes' waits between a Job's failures. */
const retryBackoff: BackoffOptions = { initialMs: 10_000, maxMs: 600_000, jitter: "none" };

/** How often pods have failed in a row, and when the last did. */
export interface Failures {
  readonly count: number;
  readonly lastMs: number;
}

export const noFailures: Failures = { count: 0, lastMs: 0 };

/** Failures in a row after more pods have come to their end: a success begins anew. */
export function failuresAfter(before: Failures, succeeded: readonly Whole<Pod>[], failed: readonly Whole<Pod>[]): Failures {
  const successMs = Math.max(...succeeded.map(finishedAtMs));
  const since = failed.map(finishedAtMs).filter((atMs) => succeeded.length === 0 || atMs > successMs);
  const from = succeeded.length === 0 ? before : noFailures;
  return since.length === 0 ? from : { count: from.count + since.length, lastMs: Math.max(...since) };
}

/** How long the next try still has to wait. */
export function remainingBackoffMs({ count, lastMs }: Failures, nowMs: number): number {
  if (count === 0) return 0;
  const waitMs = backoffMs(count, retryBackoff);
  // A node's clock that runs ahead must not make a Job wait for longer than it was told to.
  return Math.min(waitMs, Math.max(0, lastMs + waitMs - nowMs));
}

/** Remembers the failures of each Job, by its uid: its pods may be gone before their backoff is over. */
export class FailureMemory {
  private readonly byJob = new Map<string, Failures>();

  recall(jobUid: string): Failures | undefined {
    return this.byJob.get(jobUid);
  }

  remember(jobUid: string, failures: Failures): void {
    this.byJob.set(jobUid, failures);
  }

  forget(jobUid: string): void {
    this.byJob.delete(jobUid);
  }
}
