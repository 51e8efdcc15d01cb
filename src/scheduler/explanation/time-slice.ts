import { setImmediate as nextTurn } from "node:timers/promises";
import { throwIfAborted } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";

// Decisions, watches and lease renewals share the event loop: no stretch over 10 ms, the last step of one included.
const sliceMs = 6;

/** Cuts long work into stretches of a few milliseconds, between which everything else goes on. */
export class TimeSlice {
  private endMs: number;

  constructor(private readonly clock: Pick<Clock, "monotonicMs">) {
    this.endMs = clock.monotonicMs() + sliceMs;
  }

  /** Whether it is time to let others work. What was prepared on the cluster does not hold after that. */
  get isOver(): boolean {
    return this.clock.monotonicMs() >= this.endMs;
  }

  /** Lets others work, and begins the next stretch. Rejects with an abort error when `signal` has fired. */
  async next(signal: AbortSignal): Promise<void> {
    await nextTurn();
    throwIfAborted(signal);
    this.endMs = this.clock.monotonicMs() + sliceMs;
  }
}
