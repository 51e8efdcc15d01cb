import type { NodeInfo } from "../cluster/cluster-view.js";
import { amountOf } from "../cluster/resources.js";
import { maxScore, type ScorePlugin } from "../framework/plugin.js";
import type { ResourceWeight } from "./scoring-strategy.js";

/** How NodeResourcesBalancedAllocation is to work. */
export interface NodeResourcesBalancedAllocationArgs {
  /** Of which resources; cpu and memory by default. All count alike: a weight is 1. */
  readonly resources?: readonly ResourceWeight[] | undefined;
}

const everywhere: ReadonlySet<string> = new Set(["cpu", "memory", "ephemeral-storage"]);

/**
 * Prefers nodes of whose resources about the same share would be taken: none of a node's memory is left over when its
 * CPUs are. Says nothing of pods that ask for none of these, which would all go to one node by it.
 */
export function createNodeResourcesBalancedAllocation({ resources }: NodeResourcesBalancedAllocationArgs = {}): ScorePlugin {
  const looked = resources?.map(({ name }) => name) ?? ["cpu", "memory"];
  return {
    name: "NodeResourcesBalancedAllocation",
    scope: "node",
    prepareScore: ({ requests }) => {
      // A resource that only some nodes have matters to pods that ask for it.
      const names = looked.filter((name) => amountOf(requests, name) > 0 || everywhere.has(name));
      const amounts = names.map((name) => amountOf(requests, name));
      if (amounts.every((amount) => amount === 0)) return undefined;
      return { score: (node) => maxScore * (1 - deviation(node, names, amounts)) };
    },
  };
}

/** The standard deviation of the shares that would be taken of a node's resources: 0 to 0.5. */
function deviation(node: NodeInfo, names: readonly string[], amounts: readonly number[]): number {
  let count = 0;
  let sum = 0;
  for (let index = 0; index < names.length; index++) {
    const share = shareOf(node, names[index] ?? "", amounts[index] ?? 0);
    if (share < 0) continue;
    count++;
    sum += share;
  }
  if (count < 2) return 0;
  const mean = sum / count;
  let squares = 0;
  for (let index = 0; index < names.length; index++) {
    const share = shareOf(node, names[index] ?? "", amounts[index] ?? 0);
    if (share >= 0) squares += (share - mean) ** 2;
  }
  return Math.sqrt(squares / count);
}

/** The share of a resource that would be taken, at most 1; -1 where there is none of it. */
function shareOf({ allocatable, requested }: NodeInfo, name: string, amount: number): number {
  const capacity = amountOf(allocatable, name);
  return capacity === 0 ? -1 : Math.min(1, (amountOf(requested, name) + amount) / capacity);
}
