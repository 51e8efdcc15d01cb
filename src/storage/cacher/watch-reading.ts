import type { Clock } from "../../base/clock.js";
import { MessageBatch, type Told } from "./message-batch.js";
import type { SharedDelivery } from "./shared-delivery.js";
import { createTimeSlice } from "./time-slice.js";
import type { Watcher } from "./watcher.js";

/** A watch that has begun. */
export interface BegunWatch {
  readonly delivery: SharedDelivery;
  /** What it begins with; undefined where there was nothing to tell. */
  readonly start: Iterator<Told | undefined, void, void>;
  /** What comes after. */
  readonly watcher: Watcher;
  leave(): void;
}

/**
 * A watch as its reader takes it: first what it begins with, then what the watcher holds. An iterator by hand, since
 * every change passes here once for each watcher, and each layer of generators would cost as much as the rest.
 */
export class WatchReading implements AsyncIterableIterator<Buffer> {
  private begun: BegunWatch | undefined;
  private isOver = false;
  private readonly pause: () => Promise<void> | undefined;

  constructor(
    private readonly begin: () => Promise<BegunWatch>,
    clock: Pick<Clock, "monotonicMs">,
  ) {
    this.pause = createTimeSlice(clock);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @throws ApiError what the watch ended with; an abort error when its signal fired */
  next(): Promise<IteratorResult<Buffer>> {
    const { begun } = this;
    const held = begun?.watcher.hasCaughtUp === true ? begun.watcher.take() : undefined;
    return held === undefined ? this.wait() : Promise.resolve({ value: held, done: false });
  }

  return(): Promise<IteratorResult<Buffer>> {
    this.finish();
    return Promise.resolve({ value: undefined, done: true });
  }

  private async wait(): Promise<IteratorResult<Buffer>> {
    if (this.isOver) return { value: undefined, done: true };
    try {
      this.begun ??= await this.begin();
      const value = (await this.takeStart(this.begun)) ?? (await this.takeLive(this.begun.watcher));
      if (value !== undefined) return { value, done: false };
    } catch (error: unknown) {
      this.finish();
      throw error;
    }
    this.finish();
    return { value: undefined, done: true };
  }

  /** Undefined when there is nothing left to begin with. */
  private async takeStart({ start, watcher, delivery }: BegunWatch): Promise<Buffer | undefined> {
    if (watcher.hasCaughtUp) return undefined;
    const batch = new MessageBatch(delivery);
    while (!watcher.hasCaughtUp && !batch.isFull) {
      const { value, done } = start.next();
      if (done === true) watcher.hasCaughtUp = true;
      else if (value !== undefined) batch.add(value);
      const turn = this.pause();
      if (turn !== undefined) await turn;
    }
    return batch.whole();
  }

  /** Undefined once the watcher has ended. */
  private async takeLive(watcher: Watcher): Promise<Buffer | undefined> {
    for (;;) {
      const held = watcher.take();
      if (held !== undefined || watcher.hasEnded) return held;
      await watcher.changed();
    }
  }

  private finish(): void {
    this.isOver = true;
    this.begun?.leave();
  }
}
