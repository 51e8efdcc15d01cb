import { ClusterState } from "../../src/scheduler/cluster/cluster-state.js";
import type { NodeInfo } from "../../src/scheduler/cluster/cluster-view.js";
import { type PodInfo, podInfo } from "../../src/scheduler/cluster/pod-info.js";
import type { FailedAttempt } from "../../src/scheduler/framework/plugin.js";
import { lastingRefusal, type Refusal, refusal } from "../../src/scheduler/framework/refusal.js";
import { type NodeOptions, node } from "../builders/node.js";
import { type PodOptions, pod } from "../builders/pod.js";
import { type PodDisruptionBudgetOptions, podDisruptionBudget } from "../builders/pod-disruption-budget.js";

/** What is there when a pod finds no node. */
export interface CrowdedCluster {
  readonly nodes: readonly NodeOptions[];
  /** Pods on nodes. Their uids are their names. */
  readonly placed: readonly RankedPod[];
  readonly budgets?: readonly (PodDisruptionBudgetOptions & { readonly allowed: number })[];
  /** The pod that finds none; it asks for one CPU by default. */
  readonly pod: RankedPod;
}

/** A pod with a priority. */
export interface RankedPod extends PodOptions {
  readonly priority?: number;
}

const short = refusal("NodeResourcesFit", "Insufficient cpu");
const full = refusal("NodeResourcesFit", "Too many pods");
const cordoned = lastingRefusal("NodeUnschedulable", "node(s) were unschedulable");

/** Why a node will not do, by the simplest of rules: CPU, the number of pods, and cordons. */
export function whyNot(
  { requests }: PodInfo,
  { node: { spec }, allocatable, requested, podCount, maxPods }: NodeInfo,
): Refusal | undefined {
  if (spec.unschedulable === true) return cordoned;
  if (podCount >= maxPods) return full;
  return requests.cpu > allocatable.cpu - requested.cpu ? short : undefined;
}

/** A cluster's state, and the attempt of a pod that finds no node there. */
export function crowdedCluster({ nodes, placed, budgets = [], pod: wanted }: CrowdedCluster): {
  state: ClusterState;
  failed: FailedAttempt;
} {
  const state = new ClusterState();
  for (const options of nodes) state.setNode(node(options));
  for (const options of placed) {
    const info = rankedPod(options);
    state.bound(info, info.pod.spec.nodeName ?? "");
  }
  for (const { allowed, ...options } of budgets) {
    const uid = options.name ?? "web";
    state.budgets.set(podDisruptionBudget({ uid, ...options, status: { disruptionsAllowed: allowed, ...options.status } }));
  }
  const info = rankedPod({ name: "new", nodeName: "", requests: { cpu: "1" }, ...wanted });
  return { state, failed: failedAttempt(info, state) };
}

/** A pod as the scheduler knows it; its uid is its name. */
export function rankedPod({ priority = 0, spec, ...options }: RankedPod): PodInfo {
  return podInfo(pod({ uid: options.name ?? "", ...options, spec: { priority, ...spec } }));
}

/** What `whyNot` says of all nodes. */
export function failedAttempt(info: PodInfo, state: ClusterState): FailedAttempt {
  const check = (each: NodeInfo): Refusal | undefined => whyNot(info, each) ?? whyNotBesidePromised(info, each, state);
  const refusals = new Map(
    state.nodes().flatMap((each): [string, Refusal][] => {
      const refused = check(each);
      return refused === undefined ? [] : [[each.name, refused]];
    }),
  );
  const tally = new Map<Refusal, number>();
  for (const refused of refusals.values()) tally.set(refused, (tally.get(refused) ?? 0) + 1);
  return { pod: info, refusals, tally, isLocal: true, check };
}

/** The same, with the pods there to whom the node was promised, those that are no less important. */
function whyNotBesidePromised(info: PodInfo, each: NodeInfo, state: ClusterState): Refusal | undefined {
  const others = state.nominated(each.name).filter(({ uid, priority }) => uid !== info.uid && priority >= info.priority);
  return state.tentatively(({ place }) => {
    for (const other of others) place(other, each.name);
    return whyNot(info, each);
  });
}
