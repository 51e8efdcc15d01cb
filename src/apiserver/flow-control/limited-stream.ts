import type { Clock } from "../../base/clock.js";
import type { Release } from "./flow-control.js";

export interface LimitedStreamOptions<T> {
  /** Waits for the seats of the stream's beginning. */
  readonly enter: () => Promise<Release>;
  readonly open: () => AsyncIterable<T>;
  /** So many events are its beginning. */
  readonly initialEvents: number;
  /** How many a message carries. */
  readonly count: (message: T) => number;
  readonly clock: Pick<Clock, "after">;
}

/** A reader that takes longer over the beginning takes its own time, and no longer the server's. */
const maxBeginningMs = 5_000;

/**
 * A stream whose beginning takes seats: until its first events are through, or a while has passed. Afterwards it costs
 * nothing more than the stream that it carries.
 */
export class LimitedStream<T> implements AsyncIterableIterator<T> {
  private inner: AsyncIterator<T> | undefined;
  private left: number;
  private release: Release = () => undefined;
  private ended = false;

  constructor(private readonly options: LimitedStreamOptions<T>) {
    this.left = options.initialEvents;
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return this;
  }

  next(): Promise<IteratorResult<T>> {
    if (this.inner === undefined) return this.begin();
    return this.left > 0 ? this.nextOfBeginning(this.inner) : this.inner.next();
  }

  async return(): Promise<IteratorResult<T>> {
    this.ended = true;
    this.release();
    await this.inner?.return?.();
    return { done: true, value: undefined };
  }

  private async begin(): Promise<IteratorResult<T>> {
    if (this.ended) return { done: true, value: undefined };
    const { enter, open, clock } = this.options;
    const release = await enter();
    const cancelTimer = clock.after(maxBeginningMs, release);
    this.release = () => {
      cancelTimer();
      release();
    };
    this.inner = open()[Symbol.asyncIterator]();
    if (this.left > 0) return await this.nextOfBeginning(this.inner);
    const first = this.inner.next();
    this.release();
    return await first;
  }

  private async nextOfBeginning(inner: AsyncIterator<T>): Promise<IteratorResult<T>> {
    let isOver = true;
    try {
      const next = await inner.next();
      this.left -= next.done === true ? this.left : this.options.count(next.value);
      isOver = this.left <= 0;
      return next;
    } finally {
      if (isOver) this.release();
    }
  }
}
