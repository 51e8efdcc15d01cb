import { type ApiError, isApiError, isOverBudget, isTooManyRequests, isUnavailable } from "../api/errors.js";
import { backoffMs, reconnectBackoff } from "../base/backoff.js";
import type { Clock } from "../base/clock.js";
import { isNeverSent } from "../rpc/errors.js";

/** What retrying needs of the world. */
export interface RetryDeps {
  readonly clock: Clock;
  readonly random: () => number;
  /** How long a call goes on trying; 0 tries once. */
  readonly retryForMs: number;
}

/**
 * "repeatable": sent twice, the call has the effect of once, or its second sending is refused (reads; writes conditional
 * on a resourceVersion or uid). "once": sent again only if it surely never arrived.
 */
export type Repeatability = "repeatable" | "once";

/** A single attempt must leave time for another, yet a slow server must not be hurried. */
const attemptTimeoutMs = 30_000;

/**
 * Calls until it succeeds, fails for good, or `retryForMs` is over; then throws what the last attempt threw. Waits between
 * attempts grow with full jitter, and come on top of what the server asked for.
 */
export async function withRetries<T>(
  repeatability: Repeatability,
  signal: AbortSignal | undefined,
  deps: RetryDeps,
  attempt: (timeoutMs: number) => Promise<T>,
): Promise<T> {
  const startMs = deps.clock.monotonicMs();
  const leftMs = (): number => deps.retryForMs - (deps.clock.monotonicMs() - startMs);
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt(deps.retryForMs === 0 ? attemptTimeoutMs : Math.max(1, leftMs()));
    } catch (error: unknown) {
      if (!mayRepeat(error, repeatability)) throw error;
      // Everybody whom a server refused is told the same time: coming back together, they would be refused again.
      const waitMs = (error.retryAfterSeconds ?? 0) * 1000 + backoffMs(failures, reconnectBackoff, deps.random);
      if (waitMs >= leftMs()) throw error;
      await deps.clock.sleep(waitMs, signal ?? new AbortController().signal);
    }
  }
}

function mayRepeat(error: unknown, repeatability: Repeatability): error is ApiError {
  if (!isApiError(error)) return false;
  // Its pods must change first, and whether to wait for that is the caller's to say.
  if (isOverBudget(error)) return false;
  // The server refused it before any effect.
  if (isTooManyRequests(error) || isNeverSent(error)) return true;
  return repeatability === "repeatable" && isUnavailable(error);
}
