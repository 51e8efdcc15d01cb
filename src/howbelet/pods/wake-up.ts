import type { Clock } from "../../base/clock.js";

/** Lets a loop sleep until there is something to do: a moment has come, or somebody has poked it since it last looked. */
export class WakeUp {
  private isPoked = true;
  private wake: () => void = () => undefined;

  constructor(private readonly clock: Clock) {}

  /** There is something to do. */
  poke(): void {
    this.isPoked = true;
    this.wake();
  }

  /** The loop looks now: what pokes it from here on makes it look again. */
  looking(): void {
    this.isPoked = false;
  }

  /** Resolves at `wakeAtMs` by the monotonic clock, or once poked; at once if that has happened since `looking`. */
  async sleep(wakeAtMs: number | undefined): Promise<void> {
    if (this.isPoked) return;
    await new Promise<void>((resolve) => {
      const waitMs = Math.max(0, (wakeAtMs ?? 0) - this.clock.monotonicMs());
      const cancel = wakeAtMs === undefined ? () => undefined : this.clock.after(waitMs, () => this.wake());
      this.wake = () => {
        cancel();
        this.wake = () => undefined;
        resolve();
      };
    });
  }
}
