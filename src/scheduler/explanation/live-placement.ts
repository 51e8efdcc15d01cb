import { timeFromMs } from "../../api/values/time.js";
import type { Clock } from "../../base/clock.js";
import { Placement } from "../../gen/howbernetes/placement/v1/placement_record.js";
import { unschedulableSentence } from "../cycle/sentence.js";
import type { Profile } from "../framework/plugin.js";
import type { Refusal } from "../framework/refusal.js";
import { type Look, lookAtNodes, suggestionsFor } from "./look-at-nodes.js";
import { BoundedExplanation } from "./node-obstacles.js";
import { SmallestChanges } from "./smallest-change.js";
import { suggestionOf } from "./told-change.js";
import { answerLimits, Verdicts } from "./verdicts.js";

export interface LiveLook extends Look {
  readonly profile: Profile;
  readonly clock: Clock;
}

/**
 * What a decision about a pod that waits for a node would be now: every node is looked at, and nothing is changed. Takes
 * as long as it takes, in stretches of a few milliseconds; nodes that are looked at later are so as they are then.
 */
export async function livePlacement(look: LiveLook, signal: AbortSignal): Promise<Placement> {
  const { pod, profile, cluster, clock } = look;
  const names = cluster
    .nodes()
    .map(({ name }) => name)
    .sort();
  const [verdicts, changes, refusals] = [new Verdicts(answerLimits), new SmallestChanges(), new Map<string, Refusal>()];
  const explanation = new BoundedExplanation(clock);
  const feasible: string[] = [];
  await lookAtNodes(
    look,
    names,
    (node, filters) => {
      const refused = filters.refusal(node);
      if (refused === undefined) {
        feasible.push(node.name);
        return;
      }
      const obstacles = explanation.obstacles(node, filters, refused);
      refusals.set(node.name, refused);
      verdicts.add(node.name, obstacles);
      changes.add(node, obstacles);
    },
    signal,
  );
  const gates = profile.gates.flatMap((plugin) => plugin.gate(pod)?.reasons ?? []);
  const suggestions = feasible.length > 0 ? [] : await suggestionsFor(look, changes, signal);
  const placement = Placement.fromPartial({
    time: timeFromMs(clock.now()),
    schedulerName: profile.schedulerName,
    nodeCount: names.length,
    feasibleCount: feasible.length,
    message: messageOf(gates, feasible, names.length, refusals.values()),
    suggestions: suggestions.map(suggestionOf),
  });
  // Thousands of verdicts are not copied once more.
  return { ...placement, ...verdicts.list() };
}

function messageOf(gates: readonly string[], feasible: readonly string[], nodeCount: number, refusals: Iterable<Refusal>): string {
  if (gates.length > 0) return gates.join(", ");
  if (feasible.length === 0) return unschedulableSentence(nodeCount, refusals);
  const shown = feasible.slice(0, 3).join(", ");
  return `${feasible.length}/${nodeCount} nodes are available now: ${shown}${feasible.length > 3 ? ", …" : ""}; the pod waits for its turn`;
}
