import type { ApiServer } from "../apiserver/api-server.js";
import { abortable, deferred, untilAbort } from "../base/abort.js";
import type { Stage } from "../base/lifecycle.js";

/** An api-server as a part of a process: ready when it listens, stopped whether or not it got that far. */
export function serverStage(server: ApiServer): Stage {
  const listening = deferred();
  const run = async (signal: AbortSignal): Promise<void> => {
    const stopped = untilAbort(signal);
    try {
      // A start that waits for the store ends when the server is stopped.
      const started = server.start().then(() => listening.resolve());
      await Promise.race([started, stopped]);
      await stopped;
    } finally {
      await server.stop();
    }
  };
  return { runnable: { name: "api-server", run }, ready: (signal) => abortable(listening.promise, signal) };
}
