import { NodeVerdict, type ReasonCount } from "../../gen/howbernetes/placement/v1/placement_record.js";
import type { Obstacle } from "../framework/refusal.js";
import { changeOf } from "./told-change.js";

/** Why nodes will not do. */
export interface VerdictList {
  /** By name, in order, as many as there is room for. */
  readonly verdicts: NodeVerdict[];
  /** Of all nodes, the most frequent first. */
  readonly reasons: ReasonCount[];
}

/** How much may be told of single nodes. */
export interface VerdictLimits {
  readonly nodes: number;
  /** Encoded. */
  readonly bytes: number;
}

/** A store's values are small, and a thousand nodes are more than anybody reads one by one. */
export const recordLimits: VerdictLimits = { nodes: 1_000, bytes: 256 * 1024 };

/** An answer is one message on a stream that statuses share. */
export const answerLimits: VerdictLimits = { nodes: 5_000, bytes: 1024 * 1024 };

/** Collects verdicts: nodes are told of in the order in which they come, as long as there is room, and all are counted. */
export class Verdicts {
  private readonly verdicts: NodeVerdict[] = [];
  private readonly counts = new Map<string, number>();
  private told = 0;
  private isFull = false;

  constructor(private readonly limits: VerdictLimits) {}

  /** What is told of single nodes, encoded. */
  get bytes(): number {
    return this.told;
  }

  add(nodeName: string, obstacles: readonly Obstacle[]): void {
    for (const reason of new Set(obstacles.map((obstacle) => obstacle.reason))) {
      this.counts.set(reason, (this.counts.get(reason) ?? 0) + 1);
    }
    if (this.verdicts.length >= this.limits.nodes || this.isFull) return;
    const verdict = verdictOf(nodeName, obstacles);
    const bytes = NodeVerdict.encode(verdict).finish().length;
    this.isFull = this.told + bytes >= this.limits.bytes;
    if (this.isFull) return;
    this.told += bytes;
    this.verdicts.push(verdict);
  }

  list(): VerdictList {
    const reasons = [...this.counts].map(([reason, count]) => ({ reason, count }));
    return { verdicts: this.verdicts, reasons: reasons.sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)) };
  }
}

const verdictOf = (nodeName: string, obstacles: readonly Obstacle[]): NodeVerdict => ({
  nodeName,
  obstacles: obstacles.map(({ plugin, reason, detail, remedies }) => ({
    plugin,
    reason,
    detail,
    remedies: remedies.map((remedy) => changeOf(remedy)),
  })),
});
