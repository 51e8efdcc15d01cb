import { backoffMs } from "../../base/backoff.js";
import type { Clock } from "../../base/clock.js";

/** Short enough for a pod to be looked after soon when the engine that hung answers again. */
const faultBackoff = { initialMs: 1_000, maxMs: 8_000, jitter: "none" } as const;

/** Keeps what failed for no reason of the pod's own (the engine hangs) from being tried again at once: longer each time in a row. */
export class FaultPause {
  private failures = 0;
  private untilMs = 0;

  constructor(private readonly clock: Pick<Clock, "monotonicMs">) {}

  /** When it is over, by the monotonic clock; undefined while there is none. */
  get endsAtMs(): number | undefined {
    return this.clock.monotonicMs() < this.untilMs ? this.untilMs : undefined;
  }

  /** Something has failed. What fails during a pause fails for the same reason, and makes it no longer. */
  begin(): void {
    if (this.endsAtMs !== undefined) return;
    this.failures += 1;
    this.untilMs = this.clock.monotonicMs() + backoffMs(this.failures, faultBackoff);
  }

  /** All went well. */
  forget(): void {
    this.failures = 0;
  }
}
