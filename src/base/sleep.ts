import { abortError, throwIfAborted } from "./abort.js";

/**
 * Sleeps by a clock's timers: `after` calls what it is given once the time is over, and returns what cancels that.
 * Rejects with an abort error when `signal` fires first.
 */
export function sleepBy(after: (wake: () => void) => () => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    throwIfAborted(signal);
    const onAbort = (): void => {
      cancel();
      reject(abortError(signal));
    };
    const cancel = after(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
