import { formatKey, type ObjectKey, parseKey } from "../api/object.js";
import type { Clock } from "../base/clock.js";
import type { Metrics } from "../base/metrics.js";
import { DelayingQueue } from "./delaying-queue.js";
import { FairQueue } from "./fair-queue.js";
import { QueueMeter } from "./queue-meter.js";
import { RetryLimiter, type RetryLimits } from "./retry-limiter.js";

/**
 * What has to be looked at, by key: a queue of objects, not of events. Guarantees, layer by layer:
 *
 * Fair and deduplicating (`add`, `take`, `done`):
 * - a key is never given to two workers at once;
 * - however often it is added while it waits, it is given out once;
 * - added while it is being worked on, it is given out again after that work is done, so no change goes unseen;
 * - keys are given out in the order in which they began to wait: one that is added over and over takes nobody's turn.
 *
 * Delaying (`addAfter`):
 * - a key has one pending time, the earliest asked for, and is given out no sooner than that unless it is added;
 * - it takes its turn when its time has come.
 *
 * Rate-limited (`addRateLimited`, `forget`), for what failed; nothing else is held up:
 * - a key that keeps failing waits longer each time, up to a bound, and one success makes it as good as new;
 * - when a great many fail at once, all their retries together keep to a rate that a server in trouble can bear.
 *
 * It is bounded by the number of objects, for a key waits at most once. It lives in memory: after a restart, the first
 * list adds everything again.
 */
export interface WorkQueue {
  add(key: ObjectKey): void;
  /** Adds it later; the earliest time asked for counts, and an `add` meanwhile does not cancel it. */
  addAfter(key: ObjectKey, delayMs: number): void;
  /** Adds it after a wait that doubles with each call since `forget`, and is no shorter than all retries together allow. */
  addRateLimited(key: ObjectKey): void;
  /** Its work went well: the next failure is a first one. */
  forget(key: ObjectKey): void;
  /** The next key, once there is one; `done` must follow. Rejects with an abort error when `signal` fires first. */
  take(signal: AbortSignal): Promise<ObjectKey>;
  done(key: ObjectKey): void;
  /** Keys that wait for a worker now. */
  readonly size: number;
  /** Shows depth, adds, waits, retries and unfinished work under a controller's name, until the returned function is called. */
  show(metrics: Metrics, controller: string): () => void;
}

/** How a queue tells time, and how soon it lets what failed be tried again. */
export interface WorkQueueOptions extends RetryLimits {
  readonly clock: Clock;
}

/** Creates an empty queue. */
export function createWorkQueue({ clock, ...limits }: WorkQueueOptions): WorkQueue {
  const meter = new QueueMeter(clock);
  const fair = new FairQueue(meter);
  const delaying = new DelayingQueue(fair, clock);
  const limiter = new RetryLimiter(clock, limits);
  return {
    add: (key) => fair.add(formatKey(key)),
    addAfter: (key, delayMs) => delaying.addAfter(formatKey(key), delayMs),
    addRateLimited: (key) => {
      const text = formatKey(key);
      meter.retried();
      delaying.addAfter(text, limiter.waitMs(text));
    },
    forget: (key) => limiter.forget(formatKey(key)),
    take: async (signal) => parseKey(await fair.take(signal)),
    done: (key) => fair.done(formatKey(key)),
    get size() {
      return fair.size;
    },
    show: (metrics, controller) => meter.show(metrics, controller),
  };
}
