import { isAbort, sharedSignal } from "../base/abort.js";
import type { Clock } from "../base/clock.js";
import type { Log } from "../base/log.js";
import type { Runnable } from "../base/runnable.js";
import { keepRunning } from "./keep-running.js";

/** Controllers and what they work from. */
export interface Term {
  readonly informers: { run(signal: AbortSignal): Promise<void>; synced(signal: AbortSignal): Promise<void> };
  readonly controllers: readonly Runnable[];
  /** What they recorded is written before the term ends. */
  readonly recorders: readonly { flush(): Promise<void> }[];
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Runs controllers until `signal` fires: their caches first, and when these are full, the controllers. One that throws
 * is started again and never stops the others. Ends in the order in which it began, the other way round; rejects with an
 * InvariantError alone.
 */
export async function runTerm({ informers, controllers, recorders, clock, log }: Term, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const all = sharedSignal(AbortSignal.any([signal, stop.signal]));
  const watching = informers.run(all);
  const working = (async () => {
    await informers.synced(all);
    await Promise.all(controllers.map((controller) => keepRunning(controller, { clock, log }, all)));
  })();
  try {
    await Promise.race([working, watching]);
  } catch (error: unknown) {
    if (!signal.aborted || !isAbort(error)) throw error;
  } finally {
    stop.abort();
    await Promise.allSettled([working, watching]);
    await Promise.all(recorders.map((recorder) => recorder.flush()));
  }
}
