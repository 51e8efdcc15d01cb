import type { Clock } from "../../base/clock.js";
import type { ProbeResult } from "./probe-result.js";

export interface ProberOptions {
  readonly clock: Clock;
  /** From now to the first check. */
  readonly firstInMs: number;
  /** From the beginning of one check to that of the next, which also waits for the end of the one before. */
  readonly periodMs: number;
  readonly check: (signal: AbortSignal) => Promise<ProbeResult>;
  /** May stop the prober. */
  readonly checked: (result: ProbeResult) => void;
  /** A check could not be made: the runtime is away, or the container has just ended. The next one is made as usual. */
  readonly broken: (error: unknown) => void;
}

/** Makes one check again and again, one at a time, until it is stopped. */
export class Prober {
  private readonly lifetime = new AbortController();
  private cancelTimer: () => void;

  constructor(private readonly options: ProberOptions) {
    this.cancelTimer = options.clock.after(options.firstInMs, () => void this.turn());
  }

  /** No result is told once this has returned. */
  stop(): void {
    this.lifetime.abort();
    this.cancelTimer();
  }

  private async turn(): Promise<void> {
    const { clock, check, checked, broken, periodMs } = this.options;
    const { signal } = this.lifetime;
    const startedAtMs = clock.monotonicMs();
    const result = await check(signal).catch((error: unknown) => {
      if (!signal.aborted) broken(error);
      return undefined;
    });
    if (result !== undefined && !signal.aborted) checked(result);
    if (signal.aborted) return;
    const nextInMs = Math.max(0, startedAtMs + periodMs - clock.monotonicMs());
    this.cancelTimer = clock.after(nextInMs, () => void this.turn());
  }
}
