import { abortable, type Deferred, deferred } from "../../base/abort.js";

/** Admits so many at once; the others wait in the order in which they came. */
export class Slots {
  private readonly waiting: Deferred<void>[] = [];
  private free: number;

  constructor(count: number) {
    this.free = count;
  }

  /** Takes a slot; `release` must follow. Rejects with an abort error when `signal` fires first. */
  async take(signal: AbortSignal): Promise<void> {
    if (this.free > 0) {
      this.free--;
      return;
    }
    const turn = deferred();
    this.waiting.push(turn);
    try {
      await abortable(turn.promise, signal);
    } catch (error: unknown) {
      const at = this.waiting.indexOf(turn);
      // Its turn had come already: the next one's then.
      if (at < 0) this.release();
      else this.waiting.splice(at, 1);
      throw error;
    }
  }

  release(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.free++;
    else next.resolve();
  }
}
