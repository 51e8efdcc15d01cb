import { isConflict, isForbidden, isUnavailable } from "../api/errors.js";
import { formatKey, type ObjectKey } from "../api/object.js";
import { isAbort, sharedSignal } from "../base/abort.js";
import { InvariantError } from "../base/invariant.js";
import type { Log } from "../base/log.js";
import type { Histogram, Metrics } from "../base/metrics.js";
import type { Reconciler } from "./contracts.js";
import type { WorkQueue } from "./work-queue.js";

/** Trying again is useless until the object changes: its reconciler is not called again before. */
export class TerminalError extends Error {
  override readonly name = "TerminalError";
}

/** Whether a reconcile gave up until its object changes. */
export function isTerminal(error: unknown): error is TerminalError {
  return error instanceof TerminalError;
}

/** A queue, who works it off, and how many keys at once. */
export interface ReconcileLoop {
  /** Of the controller, for logs and metrics. */
  readonly name: string;
  readonly queue: WorkQueue;
  readonly reconciler: Reconciler;
  /** Keys worked on at once. */
  readonly workers: number;
  readonly log: Log;
  readonly metrics?: Metrics;
}

type Outcome = "done" | "requeued" | "failed" | "terminal" | "aborted";
type Durations = Histogram<"controller" | "outcome">;

/**
 * Hands keys to a reconciler until `signal` fires, and resolves when the last reconcile has ended. A throw retries with
 * growing waits; a TerminalError waits for a change; `requeueAfterMs` comes back without being a failure. Rejects only
 * on an InvariantError.
 */
export async function runReconciler(loop: ReconcileLoop, signal: AbortSignal): Promise<void> {
  const durations: Durations | undefined = loop.metrics?.histogram({
    name: "howbernetes_reconcile_duration_seconds",
    help: "Time that one reconcile took, by controller and outcome.",
    labels: ["controller", "outcome"],
  });
  const hideQueue = loop.metrics === undefined ? undefined : loop.queue.show(loop.metrics, loop.name);
  // One worker's broken invariant ends them all.
  const stop = new AbortController();
  const all = sharedSignal(AbortSignal.any([signal, stop.signal]));
  const workers = Array.from({ length: loop.workers }, async () => {
    try {
      await work(loop, durations, all);
    } catch (error: unknown) {
      stop.abort();
      throw error;
    }
  });
  const results = await Promise.allSettled(workers);
  hideQueue?.();
  for (const result of results) if (result.status === "rejected") throw result.reason;
}

async function work(loop: ReconcileLoop, durations: Durations | undefined, signal: AbortSignal): Promise<void> {
  for (;;) {
    let key: ObjectKey;
    try {
      key = await loop.queue.take(signal);
    } catch (error: unknown) {
      if (isAbort(error)) return;
      throw error;
    }
    const startedMs = performance.now();
    try {
      const outcome = await reconcileOne(loop, key, signal);
      durations?.observe({ controller: loop.name, outcome }, (performance.now() - startedMs) / 1000);
    } finally {
      loop.queue.done(key);
    }
  }
}

async function reconcileOne({ name, queue, reconciler, log }: ReconcileLoop, key: ObjectKey, signal: AbortSignal): Promise<Outcome> {
  try {
    const { requeueAfterMs } = await reconciler.reconcile(key, signal);
    queue.forget(key);
    if (requeueAfterMs === undefined) return "done";
    queue.addAfter(key, requeueAfterMs);
    return "requeued";
  } catch (error: unknown) {
    if (error instanceof InvariantError) throw error;
    if (signal.aborted) return "aborted";
    const fields = { controller: name, key: formatKey(key), error };
    if (isTerminal(error)) {
      queue.forget(key);
      log.warn("reconcile gave up until the object changes", fields);
      return "terminal";
    }
    queue.addRateLimited(key);
    // A lost race, or a server away for a moment, is part of normal life; the retry sees to it.
    if (isConflict(error) || isUnavailable(error)) log.debug("reconcile will be retried", fields);
    // A quota or the like: it is the user's to know, by an Event or a condition, and no fault of the controller's.
    else if (isForbidden(error)) log.info("reconcile was refused, will be retried", { ...fields, error: error.message });
    else log.warn("reconcile failed, will be retried", fields);
    return "failed";
  }
}
