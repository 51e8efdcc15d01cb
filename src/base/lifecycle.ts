import { abortable, deferred, isAbort, sharedSignal } from "./abort.js";
import type { Runnable } from "./runnable.js";

/** A part of a process, and when the next may start. */
export interface Stage {
  readonly runnable: Runnable;
  /** Resolves when what comes after may rely on it; absent: at once. */
  readonly ready?: (signal: AbortSignal) => Promise<void>;
}

/**
 * Starts stages in order, each when the one before is ready, and calls `onReady` when all are. When `signal` fires, or
 * as soon as one stage ends or fails, stops those that run in reverse order, each to its end before the next: what is
 * built on something stops before it. Rejects with the first failure.
 */
export async function runInOrder(stages: readonly Stage[], signal: AbortSignal, onReady: () => void = () => undefined): Promise<void> {
  const stop = new AbortController();
  const failure = deferred<never>();
  const running: { readonly control: AbortController; readonly ended: Promise<void> }[] = [];
  const onAbort = (): void => stop.abort();
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) stop.abort();

  try {
    for (const { runnable, ready } of stages) {
      if (stop.signal.aborted) break;
      const control = new AbortController();
      const ended = runnable.run(sharedSignal(control.signal)).then(
        () => (control.signal.aborted ? undefined : failure.reject(new Error(`${runnable.name} ended by itself`))),
        (error: unknown) => (control.signal.aborted && isAbort(error) ? undefined : failure.reject(error)),
      );
      running.push({ control, ended });
      if (ready !== undefined) await abortable(Promise.race([ready(stop.signal), failure.promise]), stop.signal);
    }
    if (!stop.signal.aborted) onReady();
    await abortable(failure.promise, stop.signal);
  } catch (error: unknown) {
    if (!stop.signal.aborted || !isAbort(error)) throw error;
  } finally {
    signal.removeEventListener("abort", onAbort);
    for (const { control, ended } of running.reverse()) {
      control.abort();
      await ended;
    }
  }
}
