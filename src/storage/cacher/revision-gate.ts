import { abortError, type Deferred, deferred } from "../../base/abort.js";
import type { Revision } from "../interface.js";

/** Lets callers wait until a revision has been reached. */
export class RevisionGate {
  private reached: Revision = 0;
  private readonly waiting = new Set<{ readonly revision: Revision; readonly done: Deferred<void> }>();

  /** What has been reached so far. */
  get revision(): Revision {
    return this.reached;
  }

  /** Moves on; a lower revision than before is ignored. */
  advance(revision: Revision): void {
    if (revision <= this.reached) return;
    this.reached = revision;
    for (const waiter of this.waiting) {
      if (waiter.revision > revision) continue;
      this.waiting.delete(waiter);
      waiter.done.resolve();
    }
  }

  /** Resolves once `revision` has been reached; rejects with an abort error when `signal` fires first. */
  async wait(revision: Revision, signal: AbortSignal): Promise<void> {
    if (this.reached >= revision) return;
    if (signal.aborted) throw abortError(signal);
    const waiter = { revision, done: deferred() };
    const onAbort = (): void => waiter.done.reject(abortError(signal));
    this.waiting.add(waiter);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await waiter.done.promise;
    } finally {
      this.waiting.delete(waiter);
      signal.removeEventListener("abort", onAbort);
    }
  }
}
