import { isAbort } from "../base/abort.js";
import type { Clock } from "../base/clock.js";
import { InvariantError } from "../base/invariant.js";
import type { Log } from "../base/log.js";
import type { Runnable } from "../base/runnable.js";

// What ended by a fault of its own comes back after this long, while the others go on.
const restartAfterMs = 5_000;

/**
 * Runs a controller until `signal` fires, and again whenever it throws, so that it never stops the others. Rejects only
 * with an InvariantError, which is to end the process.
 */
export async function keepRunning(
  controller: Runnable,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await controller.run(signal);
      return;
    } catch (error: unknown) {
      if (error instanceof InvariantError) throw error;
      if (signal.aborted && isAbort(error)) return;
      log.error("controller failed, starting it again", { controller: controller.name, error });
    }
    await clock.sleep(restartAfterMs, signal).catch((_aborted: unknown) => undefined);
  }
}
