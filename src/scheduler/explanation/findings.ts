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

/**
 * Asks the nodes again that a decision has refused, for numbers and for what would help: in stretches of a few
 * milliseconds, a while after the decision. What is not so any more is told as it was, without numbers.
 */
export async function findingsOf({ attempt }: Decision, deps: FindingsDeps, signal: AbortSignal): Promise<Findings> {
  const { pod, profile, refusals, nodeName } = attempt;
  const look = { pod, profile, ...deps };
  const verdicts = new Verdicts(deps.budget.next());
  const changes = new SmallestChanges();
  const explanation = new BoundedExplanation(deps.clock);
  await lookAtNodes(
    look,
    [...refusals.keys()].sort(),
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
  deps.budget.spend(verdicts.bytes);
  const suggestions = nodeName === undefined ? await suggestionsFor(look, changes, signal) : [];
  return { verdicts: verdicts.list(), suggestions };
}
