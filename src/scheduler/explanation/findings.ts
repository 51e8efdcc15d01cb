import type { Clock } from "../../base/clock.js";
import type { ClusterView } from "../cluster/cluster-view.js";
import { lookAtNodes, suggestionsFor } from "./look-at-nodes.js";
import { BoundedExplanation, obstaclesOf } from "./node-obstacles.js";
import type { Decision, Findings } from "./placement.js";
import { SmallestChanges } from "./smallest-change.js";
import type { VerdictBudget } from "./verdict-budget.js";
import { Verdicts } from "./verdicts.js";

/** Where findings are found. */
export interface FindingsDeps {
  readonly cluster: ClusterView;
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly budget: VerdictBudget;
}

// A look at a node takes some ten microseconds, and its verdict some hundred bytes of the store.
const nodesWhileBusy = 100;

/**
 * Asks the nodes again that a decision has refused, for numbers and for what would help: in stretches of a few
 * milliseconds, a while after the decision. What is not so any more is told as it was, without numbers.
 *
 * @param isBrief asks no more than the first hundred: what would help is looked for on these alone, and the others are
 * counted by the reasons that the decision had
 */
export async function findingsOf({ attempt }: Decision, deps: FindingsDeps, isBrief: boolean, signal: AbortSignal): Promise<Findings> {
  const { pod, profile, refusals, nodeName } = attempt;
  const look = { pod, profile, ...deps };
  const limits = deps.budget.next();
  const verdicts = new Verdicts(isBrief ? { ...limits, nodes: Math.min(limits.nodes, nodesWhileBusy) } : limits);
  const changes = new SmallestChanges();
  const explanation = new BoundedExplanation(deps.clock);
  const names = [...refusals.keys()].sort();
  const asked = isBrief ? names.slice(0, nodesWhileBusy) : names;
  await lookAtNodes(
    look,
    asked,
    (node, filters) => {
      const refused = refusals.get(node.name);
      if (refused === undefined) return;
      const obstacles = explanation.obstacles(node, filters, refused);
      const stands = obstacles.some(({ plugin }) => plugin === refused.plugin);
      verdicts.add(node.name, stands ? obstacles : obstaclesOf(refused, "it was so when the decision was made, and is no more"));
      if (nodeName === undefined && stands) changes.add(node, obstacles);
    },
    signal,
  );
  for (const name of names.slice(asked.length)) {
    const refused = refusals.get(name);
    if (refused !== undefined) verdicts.add(name, obstaclesOf(refused, ""));
  }
  deps.budget.spend(verdicts.bytes);
  const suggestions = nodeName === undefined ? await suggestionsFor(look, changes, signal) : [];
  return { verdicts: verdicts.list(), suggestions };
}
