import { disruptionTargetType } from "../../api/kinds/pod/disruption-target.js";
import type { ClusterView, NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import { unschedulableSentence } from "../cycle/sentence.js";
import type { FailedAttempt, RescueOutcome, RescuePlugin } from "../framework/plugin.js";
import type { PluginContext } from "../framework/plugin-context.js";
import { lastingRefusal, type Refusal } from "../framework/refusal.js";
import { type Candidate, cheapest } from "./candidate.js";
import { findVictims, preemptionPlugin } from "./find-victims.js";

/** How far the search for victims goes: Kubernetes' DefaultPreemptionArgs. */
export interface DefaultPreemptionArgs {
  /** How many candidates to find before the best of them is taken: percent of the nodes where pods could leave. */
  readonly minCandidateNodesPercentage: number;
  /** But at least so many, if there are. */
  readonly minCandidateNodesAbsolute: number;
}

/** Kubernetes' own. */
export const defaultPreemptionArgs: DefaultPreemptionArgs = { minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100 };

const notHelpful = lastingRefusal(preemptionPlugin, "Preemption is not helpful for scheduling");

/**
 * Makes room for a pod by having pods of a lower priority leave a node: where that costs least, of the nodes looked at.
 * Decides alone; a `Preemptor` carries out.
 */
export function createDefaultPreemption(
  { clock }: Pick<PluginContext, "clock">,
  args: DefaultPreemptionArgs = defaultPreemptionArgs,
): RescuePlugin {
  // Each search begins where the last one ended, so that not always the same nodes are emptied.
  let start = 0;
  return {
    name: preemptionPlugin,
    rescue(failed, cluster) {
      const ineligible = ineligibility(failed, cluster);
      if (ineligible !== undefined) return { kind: "notSought", report: `preemption: ${ineligible}` };
      const nodes = cluster.nodes().filter(({ name }) => failed.refusals.get(name)?.mayYield === true);
      const found = searchNodes(startingAt(nodes, start), failed, cluster, {
        wanted: wantedCandidates(nodes.length, args),
        nowMs: clock.now(),
      });
      start += found.looked;
      return outcomeOf(found, cluster, clock.now());
    },
  };
}

/** Why a pod must not make others leave now, as Kubernetes words it. */
function ineligibility({ pod, refusals }: FailedAttempt, cluster: ClusterView): string | undefined {
  if (pod.pod.spec.preemptionPolicy === "Never") return "not eligible due to preemptionPolicy=Never.";
  const promised = cluster.nominatedNode(pod.uid);
  // A node that will not do any more, whoever leaves it, is not worth waiting for.
  if (promised === undefined || refusals.get(promised)?.mayYield === false) return undefined;
  const pods = cluster.node(promised)?.pods.values() ?? [];
  return [...pods].some((other) => other.priority < pod.priority && isBeingPreempted(other))
    ? "not eligible due to a terminating pod on the nominated node."
    : undefined;
}

function isBeingPreempted({ pod: { metadata, status } }: PodInfo): boolean {
  if (metadata.deletionTimestamp === undefined) return false;
  const target = status.conditions.find(({ type }) => type === disruptionTargetType);
  return target?.status === "True" && target.reason === "PreemptionByScheduler";
}

function wantedCandidates(nodeCount: number, { minCandidateNodesPercentage, minCandidateNodesAbsolute }: DefaultPreemptionArgs): number {
  return Math.min(nodeCount, Math.max(minCandidateNodesAbsolute, Math.trunc((nodeCount * minCandidateNodesPercentage) / 100)));
}

function startingAt<T>(items: readonly T[], index: number): readonly T[] {
  const first = items.length === 0 ? 0 : index % items.length;
  return [...items.slice(first), ...items.slice(0, first)];
}

interface Found {
  readonly candidates: readonly Candidate[];
  /** Why the others of the nodes looked at will not do. */
  readonly refusals: ReadonlyMap<string, Refusal>;
  readonly looked: number;
}

/** Looks for candidates until there are enough, one of which violates no PodDisruptionBudget. */
function searchNodes(
  nodes: readonly NodeInfo[],
  failed: FailedAttempt,
  cluster: ClusterView,
  { wanted, nowMs }: { readonly wanted: number; readonly nowMs: number },
): Found {
  const candidates: Candidate[] = [];
  const refusals = new Map<string, Refusal>();
  let isHarmless = false;
  for (const [looked, node] of nodes.entries()) {
    if (isHarmless && candidates.length >= wanted) return { candidates, refusals, looked };
    const { candidate, refusal } = findVictims(node, failed, cluster, nowMs);
    if (candidate === undefined) refusals.set(node.name, refusal);
    else {
      candidates.push(candidate);
      isHarmless ||= candidate.violations === 0;
    }
  }
  return { candidates, refusals, looked: nodes.length };
}

function outcomeOf({ candidates, refusals }: Found, cluster: ClusterView, nowMs: number): RescueOutcome {
  const best = cheapest(candidates, nowMs);
  if (best !== undefined) return { kind: "found", nodeName: best.nodeName, victims: best.victims };
  const nodes = cluster.nodes();
  const why = nodes.map(({ name }) => refusals.get(name) ?? notHelpful);
  return { kind: "futile", report: `preemption: ${unschedulableSentence(nodes.length, why)}` };
}
