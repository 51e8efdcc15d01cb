import type { Refusal } from "../framework/refusal.js";
import type { Attempt } from "./attempt.js";

/**
 * Kubernetes' sentence: `0/5 nodes are available: 2 node(s) were unschedulable, 3 Insufficient memory.`, sorted as it is
 * there: as text.
 */
export function unschedulableSentence(nodeCount: number, refusals: Iterable<Refusal>): string {
  const tally = new Map<Refusal, number>();
  for (const refusal of refusals) tally.set(refusal, (tally.get(refusal) ?? 0) + 1);
  return sentenceOf(nodeCount, tally);
}

/** The same, of refusals that were counted already. */
function sentenceOf(nodeCount: number, tally: ReadonlyMap<Refusal, number>): string {
  if (nodeCount === 0) return "no nodes available to schedule pods";
  const counts = new Map<string, number>();
  for (const [{ reasons }, count] of tally) for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + count);
  const parts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodeCount} nodes are available: ${parts.join(", ")}.`;
}

/** Why a pod was not placed, as its condition says: the sentence, and what became of making room for it. */
export function unplacedMessage({ nodeCount, tally, rescue }: Pick<Attempt, "nodeCount" | "tally" | "rescue">): string {
  const report = rescue === undefined || rescue.kind === "found" ? "" : ` ${rescue.report}`;
  return `${sentenceOf(nodeCount, tally)}${report}`;
}
