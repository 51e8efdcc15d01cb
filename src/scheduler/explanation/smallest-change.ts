import type { NodeInfo } from "../cluster/cluster-view.js";
import { amountOf } from "../cluster/resources.js";
import type { Obstacle, Remedy } from "../framework/refusal.js";

/** Changes that, all together, should take away all that is in a pod's way on a node: whether they do is to be tried out. */
export interface CandidateChange {
  readonly nodeName: string;
  /** One for each obstacle; the same one once. */
  readonly remedies: readonly Remedy[];
  /** What sort of change it is: of one sort, one suggestion is enough. */
  readonly sort: string;
  readonly cost: ChangeCost;
}

/** The smaller, the better; the first difference decides. */
export type ChangeCost = readonly [changes: number, preference: number, kinds: number, amount: number];

// What is a matter of one's own manifest comes first, then what changes a node for all, then what needs others to go.
const kindCost: Readonly<Record<Remedy["change"]["kind"], number>> = { pod: 0, node: 1, free: 2, pods: 2 };

// More ways to one obstacle, or more combinations of them, are not what anybody would call the smallest change.
const remediesPerObstacle = 4;
const combinationsPerNode = 32;
// To have more pods leave than these is no small change, and takes long to try out.
const mostLeaving = 32;
// Of one sort, as many are kept to try the next should the best not help after all.
const keptPerSort = 4;

/**
 * Finds the smallest changes by looking at nodes one after the other: the cheapest remedies for each node's obstacles,
 * by number, then as the filters prefer them, then by kind, then by amount.
 */
export class SmallestChanges {
  private readonly bySort = new Map<string, CandidateChange[]>();

  /** Takes a node into account. One obstacle that nothing helps against rules it out. */
  add(node: NodeInfo, obstacles: readonly Obstacle[]): void {
    const choices = obstacles.map(({ remedies }) => remedies.filter(isSmall).slice(0, remediesPerObstacle));
    if (choices.length === 0 || choices.some(({ length }) => length === 0)) return;
    for (const chosen of combinations(choices)) this.keep(candidate(node, chosen, obstacles));
  }

  /** Of all sorts, the cheapest first. */
  ranked(): readonly CandidateChange[] {
    return [...this.bySort.values()].flat().sort((a, b) => compareCosts(a.cost, b.cost));
  }

  private keep(found: CandidateChange): void {
    const kept = this.bySort.get(found.sort) ?? [];
    // A change of the pod alone is the same on every node.
    const said = textOf(found);
    if (kept.some((other) => textOf(other) === said)) return;
    kept.push(found);
    kept.sort((a, b) => compareCosts(a.cost, b.cost));
    this.bySort.set(found.sort, kept.slice(0, keptPerSort));
  }
}

const isSmall = ({ change }: Remedy): boolean => change.kind !== "pods" || change.remove.length <= mostLeaving;

function candidate(node: NodeInfo, chosen: readonly Remedy[], obstacles: readonly Obstacle[]): CandidateChange {
  const remedies = [...new Map(chosen.map((remedy) => [remedy.text, remedy])).values()];
  const sort = [...new Set(chosen.map(({ change }, index) => `${obstacles[index]?.plugin ?? ""}:${change.kind}`))].sort().join();
  // Room is made once, of however many resources.
  const making = remedies.filter(({ change }) => change.kind === "free").length;
  const kinds = remedies.reduce((sum, { change }) => sum + kindCost[change.kind], 0);
  const preference = chosen.reduce((sum, remedy, index) => sum + (obstacles[index]?.remedies.indexOf(remedy) ?? 0), 0);
  const amount = remedies.reduce((sum, remedy) => sum + shareOf(node, remedy), 0);
  return { nodeName: node.name, remedies, sort, cost: [remedies.length - Math.max(0, making - 1), preference, kinds, amount] };
}

/** How much it asks of a node, as a share of what that has; of other pods, how many. */
function shareOf(node: NodeInfo, { change }: Remedy): number {
  if (change.kind === "pods") return change.remove.length;
  const asked = change.kind === "free" ? change : change.kind === "pod" ? change.less : undefined;
  if (asked === undefined) return 0;
  const { resource, amount } = asked;
  const capacity = resource === "pods" ? node.maxPods : amountOf(node.allocatable, resource);
  return capacity === 0 ? Number.POSITIVE_INFINITY : amount / capacity;
}

function* combinations(choices: readonly (readonly Remedy[])[]): Generator<readonly Remedy[]> {
  const counts = choices.map(({ length }) => length);
  const total = Math.min(
    combinationsPerNode,
    counts.reduce((product, count) => product * count, 1),
  );
  for (let number = 0; number < total; number++) {
    let rest = number;
    const chosen: Remedy[] = [];
    for (const choice of choices) {
      const remedy = choice[rest % choice.length];
      rest = Math.floor(rest / choice.length);
      if (remedy !== undefined) chosen.push(remedy);
    }
    yield chosen;
  }
}

function compareCosts(a: ChangeCost, b: ChangeCost): number {
  for (const [index, cost] of a.entries()) {
    const difference = cost - (b[index] ?? 0);
    // Infinity less itself is no number: equally impossible.
    if (difference !== 0 && !Number.isNaN(difference)) return difference;
  }
  return 0;
}

/** For people: all changes in one sentence. */
export const textOf = ({ remedies }: Pick<CandidateChange, "remedies">): string => remedies.map(({ text }) => text).join(" and ");
