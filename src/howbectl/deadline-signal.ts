import type { CliEnv } from "./cli-env.js";

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
