import { isAbort, sharedSignal } from "../base/abort.js";
import type { Runnable } from "../base/runnable.js";

/** Parts of a process that run until they are ended, the last started first. A part's own failure is told at the end. */
export class RunningParts {
  private readonly parts: { readonly end: () => Promise<void> }[] = [];
  private readonly failures: unknown[] = [];

  /** Starts a part. @returns what ends it */
  run(runnable: Runnable): () => Promise<void> {
    const control = new AbortController();
    const ended = runnable.run(sharedSignal(control.signal)).catch((error: unknown) => {
      if (!control.signal.aborted || !isAbort(error)) this.failures.push(error);
    });
    const end = async (): Promise<void> => {
      control.abort();
      await ended;
    };
    this.parts.push({ end });
    return end;
  }

  /** Ends all. @throws what a part failed with */
  async stop(): Promise<void> {
    for (const { end } of this.parts.reverse()) await end();
    if (this.failures.length > 0) throw this.failures[0];
  }
}
