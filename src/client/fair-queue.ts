import { abortError, throwIfAborted } from "../base/abort.js";
import type { QueueObserver } from "./queue-meter.js";

/**
 * Keys in the order in which they were first added. Guarantees: a key waits at most once; a key that is being worked on
 * is handed to nobody else until `done`; one that is added meanwhile is handed out again, once, after `done`.
 */
export class FairQueue {
  /** Waiting, in order. */
  private readonly waiting = new Set<string>();
  /** Handed out and not done. */
  private readonly processing = new Set<string>();
  /** Of those, to be handed out again. */
  private readonly dirty = new Set<string>();
  private readonly takers: ((key: string) => void)[] = [];

  constructor(private readonly observer?: QueueObserver) {}

  /** Keys that wait, not counting those being worked on. */
  get size(): number {
    return this.waiting.size;
  }

  add(key: string): void {
    if (this.waiting.has(key) || this.dirty.has(key)) return;
    this.observer?.added(key);
    this.wait(key);
  }

  private wait(key: string): void {
    if (this.processing.has(key)) {
      this.dirty.add(key);
      return;
    }
    const taker = this.takers.shift();
    if (taker === undefined) {
      this.waiting.add(key);
      return;
    }
    this.handOut(key);
    taker(key);
  }

  /** The next key, once there is one. Rejects with an abort error when `signal` fires first; takes nothing then. */
  take(signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      throwIfAborted(signal);
      const [first] = this.waiting;
      if (first !== undefined) {
        this.waiting.delete(first);
        this.handOut(first);
        resolve(first);
        return;
      }
      const taker = (key: string): void => {
        signal.removeEventListener("abort", onAbort);
        resolve(key);
      };
      const onAbort = (): void => {
        this.takers.splice(this.takers.indexOf(taker), 1);
        reject(abortError(signal));
      };
      this.takers.push(taker);
      signal.addEventListener("abort", onAbort, { once: true });
    });
  }

  /** The work on a key that `take` gave is over. */
  done(key: string): void {
    this.processing.delete(key);
    this.observer?.done(key);
    if (this.dirty.delete(key)) this.wait(key);
  }

  private handOut(key: string): void {
    this.processing.add(key);
    this.observer?.taken(key);
  }
}
