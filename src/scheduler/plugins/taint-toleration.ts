import { isTolerated, repellingEffects, untoleratedTaint } from "../../api/scheduling/toleration.js";
import type { Taint, Toleration } from "../../gen/howbernetes/core/v1/scheduling.js";
import type { NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import type { FilterPlugin, PodFilter, PodScore, ScorePlugin } from "../framework/plugin.js";
import type { PluginContext } from "../framework/plugin-context.js";
import { lastingRefusal, type Refusal } from "../framework/refusal.js";
import { normalizeReversed } from "./normalize-scores.js";
import { taintRemedies, taintText } from "./taint-remedies.js";

const name = "TaintToleration";
const discouraging = "PreferNoSchedule";
const reasonOf = ({ key = "", value = "" }: Taint): string => `node(s) had untolerated taint {${key}: ${value}}`;

/** Keeps pods off nodes with a NoSchedule or NoExecute taint that they do not tolerate, and if it can be helped off those with PreferNoSchedule. */
export function createTaintToleration(context: Pick<PluginContext, "observe">): FilterPlugin & ScorePlugin {
  const refusalOf = taintRefusals();
  // Few clusters have any; where there is none, no node has to be looked at.
  const discouraged = new Set<string>();
  context.observe({
    nodeSet: (node) => (discourages(node) ? discouraged.add(node.name) : discouraged.delete(node.name)),
    nodeRemoved: (node) => discouraged.delete(node.name),
  });
  return {
    name,
    scope: "node",
    prepareFilter: (pod) => prepareFilter(pod, refusalOf),
    prepareScore: ({ pod }) => (discouraged.size === 0 ? undefined : prepareScore(pod.spec.tolerations)),
    wakes: {
      nodeAdded: ({ node }, { pod }) => untolerated(node.spec.taints, pod.spec.tolerations) === undefined,
      nodeUpdated: ({ node, previous }, { pod: { spec } }) =>
        untolerated(previous.spec.taints, spec.tolerations) !== undefined && untolerated(node.spec.taints, spec.tolerations) === undefined,
    },
  };
}

// More kinds of taints than any cluster has; somebody might make up new ones for ever.
const mostRefusals = 4_096;

/** Refusals for taints, one for all taints alike. */
function taintRefusals(): (taint: Taint) => Refusal {
  // As long as a node is as it is, so is its taint: it is the same object, and its reason need not be put together again.
  const byTaint = new WeakMap<Taint, Refusal>();
  const byReason = new Map<string, Refusal>();
  return (taint) => {
    const known = byTaint.get(taint);
    if (known !== undefined) return known;
    const reason = reasonOf(taint);
    const made = byReason.get(reason) ?? lastingRefusal(name, reason);
    if (byReason.size < mostRefusals) byReason.set(reason, made);
    byTaint.set(taint, made);
    return made;
  };
}

function prepareFilter({ pod }: PodInfo, refusalOf: (taint: Taint) => Refusal): PodFilter | undefined {
  const { tolerations } = pod.spec;
  if (tolerations.some(({ key = "", effect = "", operator }) => key === "" && effect === "" && operator === "Exists")) return undefined;
  return {
    check: ({ node: { spec } }) => {
      if (spec.taints.length === 0) return undefined;
      const taint = untolerated(spec.taints, tolerations);
      return taint === undefined ? undefined : refusalOf(taint);
    },
    explain: ({ node: { spec }, name: nodeName }) =>
      spec.taints
        .filter((taint) => untolerated([taint], tolerations) !== undefined)
        .map((taint) => ({
          plugin: name,
          reason: reasonOf(taint),
          detail: `it has the taint ${taintText(taint)}, which the pod does not tolerate`,
          remedies: taintRemedies(taint, nodeName, pod),
        })),
  };
}

const untolerated = (taints: readonly Taint[], tolerations: readonly Toleration[]): Taint | undefined =>
  untoleratedTaint(taints, tolerations, repellingEffects);

const discourages = ({ node: { spec } }: NodeInfo): boolean => spec.taints.some(({ effect }) => effect === discouraging);

function prepareScore(tolerations: readonly Toleration[]): PodScore {
  const repels = (taint: Taint): boolean => taint.effect === discouraging && !isTolerated(taint, tolerations);
  return {
    score: ({ node: { spec } }) => spec.taints.reduce((count, taint) => (repels(taint) ? count + 1 : count), 0),
    normalize: normalizeReversed,
  };
}
