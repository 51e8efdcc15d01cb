import { isAbort } from "../base/abort.js";
import { backoffMs, reconnectBackoff } from "../base/backoff.js";
import type { Clock } from "../base/clock.js";
import { linkAbort } from "../base/linked-abort.js";
import type { Log } from "../base/log.js";

/** A stream that lasted this long was not part of the trouble before it. */
const healthyMs = 60_000;

export interface KeptStream {
  /** Opens it and works on what comes until it ends or `signal` fires, which it also does as soon as the stream has ended. */
  readonly open: (signal: AbortSignal) => Promise<void>;
  /** What it is called in the log, as "tunnel". */
  readonly name: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Opens a stream again whenever it has ended, with a growing pause between failures, until `signal` fires. */
export async function keepStreaming({ open, name, clock, log }: KeptStream, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const startedAtMs = clock.monotonicMs();
    const error = await outcomeOf(open, signal);
    if (signal.aborted) break;
    failures = clock.monotonicMs() - startedAtMs >= healthyMs ? 1 : failures + 1;
    log.debug("stream ended, connecting again", { stream: name, error });
    await clock.sleep(backoffMs(failures, reconnectBackoff), signal).catch((aborted: unknown) => {
      if (!isAbort(aborted)) throw aborted;
    });
  }
}

async function outcomeOf(open: KeptStream["open"], signal: AbortSignal): Promise<unknown> {
  const stop = linkAbort(signal);
  try {
    await open(stop.signal);
    return undefined;
  } catch (error: unknown) {
    return error;
  } finally {
    stop.abort();
    stop.unlink();
  }
}
