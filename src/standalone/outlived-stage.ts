import { isAbort, untilAbort } from "../base/abort.js";
import type { Stage } from "../base/lifecycle.js";
import type { Log } from "../base/log.js";
import type { Runnable } from "../base/runnable.js";

/**
 * A part without which the others go on: once it has been ready, its failure is logged and the process stays. The
 * local node is one: when its Node is deleted it must stop, and other nodes still need their control plane.
 */
export function outlived(part: Runnable, ready: (signal: AbortSignal) => Promise<void>, log: Log): Stage {
  let wasReady = false;
  const run = async (signal: AbortSignal): Promise<void> => {
    try {
      await part.run(signal);
    } catch (error: unknown) {
      if (!wasReady || (signal.aborted && isAbort(error))) throw error;
      log.error("stopped; it starts again with the process", { part: part.name, error });
    }
    await untilAbort(signal);
  };
  return {
    runnable: { name: part.name, run },
    ready: async (signal) => {
      await ready(signal);
      wasReady = true;
    },
  };
}
