import { isAbort, throwIfAborted } from "../base/abort.js";
import type { CliEnv } from "./cli-env.js";
import { UsageError } from "./usage-error.js";

/** A signal that fires at a deadline, or when the command is interrupted. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Ends the timer; to be called once the work is done. */
  cancel(): void;
}

/** A deadline `timeoutMs` from now; undefined: none, only interruption. */
export function deadlineSignal(timeoutMs: number | undefined, env: Pick<CliEnv, "clock" | "signal">): Deadline {
  if (timeoutMs === undefined) return { signal: env.signal, cancel: () => undefined };
  const timer = new AbortController();
  const cancel = env.clock.after(timeoutMs, () => timer.abort());
  return { signal: AbortSignal.any([env.signal, timer.signal]), cancel };
}

/**
 * What `watching` finds within `timeoutMs`; when it ends without, or is stopped by its signal, the time is over.
 * @throws UsageError when the time is over; an abort error when the command is interrupted
 */
export async function foundInTime<T>(
  timeoutMs: number | undefined,
  env: Pick<CliEnv, "clock" | "signal">,
  watching: (signal: AbortSignal) => Promise<T | undefined>,
): Promise<T> {
  const deadline = deadlineSignal(timeoutMs, env);
  try {
    const found = await watching(deadline.signal);
    if (found !== undefined) return found;
  } catch (error: unknown) {
    if (!isAbort(error)) throw error;
  } finally {
    deadline.cancel();
  }
  throwIfAborted(env.signal);
  throw new UsageError("timed out waiting for the condition");
}
