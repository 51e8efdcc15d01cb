import { backoffMs } from "../../base/backoff.js";

/**
 * Unlike Kubernetes: waits begin at 1 s, not 10 s, and end at 60 s, not 300 s; deaths are known at once here, so that
 * short waits cost little.
 */
const crashLoopBackoff = { initialMs: 1_000, maxMs: 60_000, jitter: "none" } as const;

/** A container that ran this long has recovered: its next death counts as the first. */
const healthyAfterMs = 10 * 60_000;

/** Restarts that count against a container which now ended after running for `ranForMs`. */
export function countedFailures(failures: number, ranForMs: number): number {
  return ranForMs >= healthyAfterMs ? 0 : failures;
}

/** How long a container stays dead after so many restarts: the first restart is immediate. */
export function restartDelayMs(failures: number): number {
  return failures === 0 ? 0 : backoffMs(failures, crashLoopBackoff);
}
