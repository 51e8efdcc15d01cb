import { formatKey, type ObjectKey, parseKey } from "../api/object.js";
import { type BackoffOptions, backoffMs } from "../base/backoff.js";
import type { Clock } from "../base/clock.js";
import { DelayingQueue } from "./delaying-queue.js";
import { FairQueue } from "./fair-queue.js";

/**
 * What has to be looked at, by key: a queue of objects, not of events. Guarantees:
 * - a key is never given to two workers at once;
 * - however often it is added while it waits, it is given out once;
 * - added while it is being worked on, it is given out again after that work is done, so no change goes unseen;
 * - keys are given out in the order in which they began to wait;
 * - a key that keeps failing waits longer each time and delays no other.
 * It is bounded by the number of objects, for a key waits at most once.
 */
export interface WorkQueue {
  add(key: ObjectKey): void;
  /** Adds it later; the earliest time asked for counts, and an `add` meanwhile does not cancel it. */
  addAfter(key: ObjectKey, delayMs: number): void;
  /** Adds it after a wait that doubles with each call since `forget`. */
  addRateLimited(key: ObjectKey): void;
  /** Its work went well: the next failure is a first one. */
  forget(key: ObjectKey): void;
  /** The next key, once there is one; `done` must follow. Rejects with an abort error when `signal` fires first. */
  take(signal: AbortSignal): Promise<ObjectKey>;
  done(key: ObjectKey): void;
  /** Keys that wait for a worker now. */
  readonly size: number;
}

export interface WorkQueueOptions {
  readonly clock: Clock;
  /** Waits after failures: 5 ms doubling to 1000 s by default. */
  readonly backoff?: BackoffOptions;
}

/** Quick enough that a lost race is retried unnoticed; slow enough in the end that a hopeless object costs nothing. */
const failureBackoff: BackoffOptions = { initialMs: 5, maxMs: 1_000_000, jitter: "none" };

/** Creates an empty queue. */
export function createWorkQueue({ clock, backoff = failureBackoff }: WorkQueueOptions): WorkQueue {
  const fair = new FairQueue();
  const delaying = new DelayingQueue(fair, clock);
  const failures = new Map<string, number>();
  return {
    add: (key) => fair.add(formatKey(key)),
    addAfter: (key, delayMs) => delaying.addAfter(formatKey(key), delayMs),
    addRateLimited: (key) => {
      const text = formatKey(key);
      const count = (failures.get(text) ?? 0) + 1;
      failures.set(text, count);
      delaying.addAfter(text, backoffMs(count, backoff));
    },
    forget: (key) => void failures.delete(formatKey(key)),
    take: async (signal) => parseKey(await fair.take(signal)),
    done: (key) => fair.done(formatKey(key)),
    get size() {
      return fair.size;
    },
  };
}
