import { isAbort, throwIfAborted } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import { linkAbort } from "../../base/linked-abort.js";
import { failed, type ProbeResult } from "./probe-result.js";

/** How long a check may take. */
export interface TimeLimit {
  readonly clock: Clock;
  readonly timeoutMs: number;
}

/**
 * Makes a check that is a failure when it has not come to its end in time. `work` is told to stop by its own signal,
 * and rejects then; what it rejects with at other times is a failure too.
 */
export async function within(
  { clock, timeoutMs }: TimeLimit,
  signal: AbortSignal,
  { work, late }: { readonly work: (signal: AbortSignal) => Promise<ProbeResult>; readonly late: string },
): Promise<ProbeResult> {
  throwIfAborted(signal);
  const limit = linkAbort(signal);
  const cancel = clock.after(timeoutMs, () => limit.abort());
  try {
    return await work(limit.signal);
  } catch (error: unknown) {
    throwIfAborted(signal);
    if (limit.signal.aborted || isAbort(error)) return failed(late);
    return failed(error instanceof Error ? error.message : String(error));
  } finally {
    cancel();
    limit.unlink();
  }
}

/** As Go prints durations of whole seconds: "1s", "1m30s". */
export function secondsText({ timeoutMs }: TimeLimit): string {
  const seconds = Math.round(timeoutMs / 1000);
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
