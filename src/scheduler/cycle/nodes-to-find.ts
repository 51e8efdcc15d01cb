// Kubernetes': fewer than so many are never worth leaving out.
const leastNodes = 100;
const leastPercentage = 5;

/**
 * How many nodes to find that will do, before choosing among them: in a large cluster looking at more of them costs
 * more than a slightly better node is worth. Kubernetes' rule: 50 % of small clusters down to 5 % of those from 5,625
 * nodes on, at least 100. `percentage` sets it, 0 lets the number of nodes decide.
 */
export function nodesToFind(nodeCount: number, percentage: number): number {
  if (nodeCount < leastNodes || percentage >= 100) return nodeCount;
  const share = percentage > 0 ? percentage : Math.max(leastPercentage, 50 - Math.floor(nodeCount / 125));
  return Math.max(leastNodes, Math.floor((nodeCount * share) / 100));
}
