import type { Clock } from "../../base/clock.js";
import { recordLimits, type VerdictLimits } from "./verdicts.js";

/** How many bytes may be told of single nodes. */
export interface BudgetLimits {
  /** At once, after a time in which little was told. */
  readonly burst: number;
  readonly perSecond: number;
}

// Records stay for a day, in which it comes to 58 MiB at the most, and api-servers keep them in memory.
const defaultLimits: BudgetLimits = { burst: 16 * 1024 * 1024, perSecond: 512 };

/**
 * Bounds what all records together tell of single nodes: a crowd of pods in a cluster of thousands of nodes would fill the
 * store with that. Whatever is left out is counted by reason all the same, and told to whoever asks about a pod that waits.
 */
export class VerdictBudget {
  private left: number;
  private atMs: number;

  constructor(
    private readonly clock: Pick<Clock, "monotonicMs">,
    private readonly limits = defaultLimits,
  ) {
    this.left = limits.burst;
    this.atMs = clock.monotonicMs();
  }

  /** What the next record may tell. */
  next(): VerdictLimits {
    const nowMs = this.clock.monotonicMs();
    this.left = Math.min(this.limits.burst, this.left + ((nowMs - this.atMs) / 1_000) * this.limits.perSecond);
    this.atMs = nowMs;
    return { ...recordLimits, bytes: Math.min(recordLimits.bytes, Math.max(0, this.left)) };
  }

  /** Takes note of what it did tell. */
  spend(bytes: number): void {
    this.left -= bytes;
  }
}
