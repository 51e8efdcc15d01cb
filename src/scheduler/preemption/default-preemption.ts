import { disruptionTargetType } from "../../api/kinds/pod/disruption-target.js";
import type { ClusterView } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import { unschedulableSentence } from "../cycle/sentence.js";
import type { FailedAttempt, RescueOutcome, RescuePlugin } from "../framework/plugin.js";
import { lastingRefusal, type Refusal } from "../framework/refusal.js";
import { type Candidate, cheapest } from "./candidate.js";
import { preemptionPlugin } from "./find-victims.js";
import { VictimMemory } from "./victim-memory.js";

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
export function createDefaultPreemption(args: DefaultPreemptionArgs = defaultPreemptionArgs): RescuePlugin {
  const memory = new VictimMemory();
  // Each search begins where the last one ended, so that not always the same nodes are emptied.
  let start = 0;
  return {
    name: preemptionPlugin,
    rescue(failed, cluster) {
      const ineligible = ineligibility(failed, cluster);
      if (ineligible !== undefined) return { kind: "notSought", report: `preemption: ${ineligible}` };
      const found = searchNodes({ failed, cluster, memory, start, wanted: wantedCandidates(failed.tally, args) });
      start = found.end;
      return outcomeOf(found, cluster);
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

function wantedCandidates(tally: FailedAttempt["tally"], args: DefaultPreemptionArgs): number {
  let nodes = 0;
  for (const [{ mayYield }, count] of tally) if (mayYield) nodes += count;
  return Math.max(args.minCandidateNodesAbsolute, Math.trunc((nodes * args.minCandidateNodesPercentage) / 100));
}

interface Search {
  readonly failed: FailedAttempt;
  readonly cluster: ClusterView;
  readonly memory: VictimMemory;
  /** The position of the node to begin with. */
  readonly start: number;
  /** How many candidates are enough. */
  readonly wanted: number;
}

interface Found {
  readonly candidates: readonly Candidate[];
  /** Why the others of the nodes looked at will not do. */
  readonly refusals: ReadonlyMap<string, Refusal>;
  /** The position of the node to begin with the next time. */
  readonly end: number;
}

/** Looks for candidates until there are enough, one of which violates no PodDisruptionBudget. */
function searchNodes({ failed, cluster, memory, start, wanted }: Search): Found {
  const nodes = cluster.nodes();
  const victimsOn = memory.finder(failed, cluster);
  const candidates: Candidate[] = [];
  const refusals = new Map<string, Refusal>();
  let isHarmless = false;
  let position = start < nodes.length ? start : 0;
  for (let looked = 0; looked < nodes.length && !(isHarmless && candidates.length >= wanted); looked++) {
    const node = nodes[position];
    position = position + 1 < nodes.length ? position + 1 : 0;
    if (node === undefined || failed.refusals.get(node.name)?.mayYield !== true) continue;
    const { candidate, refusal } = victimsOn(node);
    if (candidate === undefined) refusals.set(node.name, refusal);
    else {
      candidates.push(candidate);
      isHarmless ||= candidate.violations === 0;
    }
  }
  return { candidates, refusals, end: position };
}

function outcomeOf({ candidates, refusals }: Found, cluster: ClusterView): RescueOutcome {
  const best = cheapest(candidates);
  if (best !== undefined) return { kind: "found", nodeName: best.nodeName, victims: best.victims };
  const nodeCount = cluster.nodes().length;
  const others = Array.from({ length: nodeCount - refusals.size }, () => notHelpful);
  return { kind: "futile", report: `preemption: ${unschedulableSentence(nodeCount, [...refusals.values(), ...others])}` };
}
