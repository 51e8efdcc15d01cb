import type { Refusal } from "../framework/refusal.js";

/**
 * Kubernetes' sentence: `0/5 nodes are available: 2 node(s) were unschedulable, 3 Insufficient memory.`, sorted as it is
 * there: as text.
 */
export function unschedulableSentence(nodeCount: number, refusals: Iterable<Refusal>): string {
  if (nodeCount === 0) return "no nodes available to schedule pods";
  const counts = new Map<string, number>();
  for (const { reasons } of refusals) for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const parts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  return `0/${nodeCount} nodes are available: ${parts.join(", ")}.`;
}
