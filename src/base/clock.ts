import { longTimeout } from "./long-timeout.js";
import { sleepBy } from "./sleep.js";

/** Time, injected so that tests can move it. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970: for timestamps that people read, never for durations. */
  now(): number;
  /** Milliseconds of a clock that never steps: for durations, leases and timeouts. */
  monotonicMs(): number;
  /** Resolves after `ms` by the monotonic clock; rejects with an abort error when `signal` fires first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** Calls `task` once after `ms`; the returned function cancels it. Does not keep the process alive. */
  after(ms: number, task: () => void): () => void;
}

/** The machine's own clocks. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => sleepBy((wake) => longTimeout(ms, wake, true), signal),
  after: (ms, task) => longTimeout(ms, task, false),
};
