import type { Decision } from "./placement.js";

/** How much may wait to be written. */
export interface PendingLimits {
  readonly decisions: number;
  /** Of all decisions together that refused any: each keeps a number of two bytes for every node there is. */
  readonly nodes: number;
}

const defaultLimits: PendingLimits = { decisions: 10_000, nodes: 10_000_000 };

/**
 * Decisions that wait to be written, of each pod the newest. When there is no room, those about pods that were placed are
 * given up first, the oldest first: that a pod runs is seen without them.
 */
export class PendingRecords {
  private readonly placed = new OldestFirst();
  private readonly waiting = new OldestFirst();
  private nodes = 0;

  constructor(private readonly limits = defaultLimits) {}

  get size(): number {
    return this.placed.size + this.waiting.size;
  }

  /** @returns how many decisions had to be given up for it */
  put(decision: Decision): number {
    const { attempt } = decision;
    this.delete(attempt.pod.uid);
    (attempt.nodeName === undefined ? this.waiting : this.placed).set(attempt.pod.uid, decision);
    this.nodes += decision.attempt.keptNodes;
    let dropped = 0;
    while (this.size > 1 && (this.size > this.limits.decisions || this.nodes > this.limits.nodes)) {
      this.delete(this.placed.oldest() ?? this.waiting.oldest() ?? "");
      dropped++;
    }
    return dropped;
  }

  /** Takes the next to be written: pods that wait before those that were placed, else the oldest. */
  take(): Decision | undefined {
    const uid = this.waiting.oldest() ?? this.placed.oldest();
    if (uid === undefined) return undefined;
    const decision = this.waiting.get(uid) ?? this.placed.get(uid);
    this.delete(uid);
    return decision;
  }

  private delete(uid: string): void {
    const decision = this.placed.get(uid) ?? this.waiting.get(uid);
    if (decision === undefined) return;
    this.nodes -= decision.attempt.keptNodes;
    this.placed.delete(uid);
    this.waiting.delete(uid);
  }
}

/** Decisions by pod, in the order in which they came. */
class OldestFirst extends Map<string, Decision> {
  // One that goes on from where it was: from the beginning, a map walks past all that were deleted there.
  private cursor = this.keys();

  /** The pod of the oldest one, for whoever then deletes it. */
  oldest(): string | undefined {
    const next = this.cursor.next();
    if (next.done !== true) return next.value;
    this.cursor = this.keys();
    return this.cursor.next().value;
  }
}
