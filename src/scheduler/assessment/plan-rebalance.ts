import { controllerOf } from "../../api/owner-reference.js";
import type { PlanRebalanceRequest, PlanRebalanceResponse, PlanRebalanceResponse_Move } from "../../gen/howbernetes/api/v1/scheduling.js";
import type { ClusterView, NodeInfo, TentativeChange } from "../cluster/cluster-view.js";
import { type PodInfo, schedulerNameOf } from "../cluster/pod-info.js";
import { Decider } from "../cycle/decider.js";
import { podReference } from "../explanation/placement.js";
import { mayLeave } from "../explanation/pods-to-free.js";
import type { Profile } from "../framework/plugin.js";
import { ImaginedCluster } from "./imagined-cluster.js";
import { type Excess, excessOf, type MeanShares, meanShares, nodeLoads, shareOf, unevenness } from "./node-loads.js";
import type { RiskDeps } from "./risk.js";
import { replacementOf, workloadOf } from "./workload.js";

const defaultThresholdPercent = 20;
const defaultMaxMoves = 100;
// Kubernetes' system-cluster-critical: the cluster needs such pods where they are more than it needs to be even.
const systemPriority = 2_000_000_000;
// What is not better by more than this is not better: sums differ in their last digits.
const epsilon = 1e-9;

/**
 * Plans moves off the nodes whose requested share of cpu or memory exceeds the mean by more than the threshold. A pod is
 * moved if its controller makes another, its budgets allow it, and the scheduler, asked about the cluster without it, would
 * choose another node where it makes the cluster more even: then it neither comes back nor goes round in circles.
 */
export async function planRebalance(deps: RiskDeps, request: PlanRebalanceRequest, signal: AbortSignal): Promise<PlanRebalanceResponse> {
  const { cluster, clock } = deps;
  const before = nodeLoads(cluster);
  const planner = new Planner(deps, request);
  let after = before;
  await new ImaginedCluster(cluster, clock).go((change) => {
    const goesOn = planner.step(change);
    if (!goesOn) after = nodeLoads(cluster);
    return goesOn;
  }, signal);
  return { moves: planner.moves, before, after, remarks: planner.remarks() };
}

class Planner {
  readonly moves: PlanRebalanceResponse_Move[] = [];
  private readonly decider: Decider;
  /** Without rescues: nobody makes room for a pod that is moved. */
  private readonly profiles: ReadonlyMap<string, Profile>;
  private readonly threshold: number;
  private readonly maxMoves: number;
  /** Pods that were tried, in vain or not. */
  private readonly tried = new Set<string>();
  /** Nodes that stay overfull, and what they have too much of. */
  private readonly left = new Map<string, string>();

  constructor(
    private readonly deps: RiskDeps,
    { thresholdPercent, maxMoves }: PlanRebalanceRequest,
  ) {
    this.decider = new Decider(deps);
    this.profiles = new Map([...deps.profiles].map(([name, profile]) => [name, { ...profile, rescues: [] }]));
    this.threshold = (thresholdPercent || defaultThresholdPercent) / 100;
    this.maxMoves = maxMoves || defaultMaxMoves;
  }

  /** Tries one pod. @returns whether there is another to be tried */
  step(change: TentativeChange): boolean {
    const { cluster } = this.deps;
    const mean = meanShares(cluster);
    const fullest = this.fullest(mean);
    if (fullest === undefined || this.moves.length >= this.maxMoves) return false;
    const { node, excess } = fullest;
    const pod = this.candidate(node, excess);
    if (pod === undefined) this.left.set(node.name, remark(node, excess, mean));
    else this.tryMoving(pod, node, excess, mean, change);
    return true;
  }

  remarks(): string[] {
    const cut = this.moves.length >= this.maxMoves ? [`no more than ${this.maxMoves} moves are planned at once`] : [];
    return [...this.left.values(), ...cut];
  }

  /** The node that exceeds the mean most, of those where a pod may still be found. */
  private fullest(mean: MeanShares): { readonly node: NodeInfo; readonly excess: Excess } | undefined {
    let found: { readonly node: NodeInfo; readonly excess: Excess } | undefined;
    for (const node of this.deps.cluster.nodes()) {
      if (this.left.has(node.name)) continue;
      const excess = excessOf(node, mean, this.threshold);
      if (excess !== undefined && excess.share > (found?.excess.share ?? 0)) found = { node, excess };
    }
    return found;
  }

  /** The next pod to be tried: of the lowest priority the one that asks for most of what there is too much of. */
  private candidate(node: NodeInfo, { resource }: Excess): PodInfo | undefined {
    const { cluster } = this.deps;
    const pods = [...node.pods.values()].filter(
      (pod) =>
        !this.tried.has(pod.uid) && pod.requests[resource] > 0 && isMovable(pod, cluster) && this.profiles.has(schedulerNameOf(pod.pod)),
    );
    return pods.sort((a, b) => a.priority - b.priority || b.requests[resource] - a.requests[resource])[0];
  }

  private tryMoving(pod: PodInfo, from: NodeInfo, { resource }: Excess, mean: MeanShares, change: TentativeChange): void {
    const { cluster } = this.deps;
    this.tried.add(pod.uid);
    const anew = replacementOf(pod);
    const chosen = cluster.tentatively((thought) => {
      thought.remove(pod.uid);
      return this.choose(anew, from.name);
    });
    const to = chosen === undefined ? undefined : cluster.node(chosen);
    if (to === undefined) return;
    const now = unevenness(from, mean) + unevenness(to, mean);
    const then = unevenness(from, mean, { without: pod }) + unevenness(to, mean, { with: pod });
    if (then > now - epsilon) return;
    const why = `${percent(shareOf(from, resource))} of ${resource} is requested of ${from.name}, ${percent(shareOf(to, resource))} of ${to.name}`;
    change.remove(pod.uid);
    change.place(anew, to.name);
    this.moves.push({ pod: podReference(pod), owner: workloadOf(pod), from: from.name, to: to.name, why });
  }

  /** Where it would go; undefined when nowhere, or back. */
  private choose(anew: PodInfo, from: string): string | undefined {
    const profile = this.profiles.get(schedulerNameOf(anew.pod));
    if (profile === undefined) return undefined;
    const { nodeName } = this.decider.decide(anew, profile);
    return nodeName === from ? undefined : nodeName;
  }
}

/** Whether a pod may be evicted, and another is made in its place. */
function isMovable(pod: PodInfo, cluster: ClusterView): boolean {
  const { metadata, spec } = pod.pod;
  return (
    mayLeave(pod) &&
    controllerOf(pod.pod) !== undefined &&
    metadata.deletionTimestamp === undefined &&
    pod.priority < systemPriority &&
    // What is in them would be lost.
    !spec.volumes.some(({ volumeSource }) => volumeSource?.emptyDir !== undefined) &&
    cluster.budgetsOf(pod).every(({ allowed }) => allowed > 0)
  );
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;

function remark(node: NodeInfo, { resource }: Excess, mean: MeanShares): string {
  return (
    `${percent(shareOf(node, resource))} of ${resource} stays requested of ${node.name}, ${percent(mean[resource])} of all nodes: ` +
    "none of its pods may be moved, or would go where it makes the cluster more even"
  );
}
