import type { ClusterView, NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import type { WakeHints } from "./cluster-event.js";
import type { Obstacle, Refusal } from "./refusal.js";

/**
 * The points at which plugins take part in placing a pod, in the order in which they are asked:
 *
 *     gate → filter → (no node: rescue) → score → reserve → permit → bind
 *
 * Kubernetes' PreEnqueue; PreFilter and Filter; PostFilter; PreScore, Score and NormalizeScore; Reserve; Permit; PreBind,
 * Bind and PostBind. A plugin may take part in several. Everything up to `reserve` is synchronous: a decision is made in
 * one stretch on a state that does not change meanwhile.
 */
export interface Plugin {
  /** Kubernetes' name for it where it is Kubernetes' plugin. */
  readonly name: string;
}

/** Keeps pods out of the queue until they are ready to be placed. */
export interface GatePlugin extends Plugin {
  /** @returns why the pod must not be tried yet */
  gate(pod: PodInfo): Refusal | undefined;
}

/** Says which nodes will not do. */
export interface FilterPlugin extends Plugin {
  /**
   * What the answer about a node follows from: the pod and that node alone ("node"), for then it holds until the node
   * changes and is remembered; or other nodes' pods, time, or anything else too ("cluster"). Of the pod a filter of scope
   * "node" looks at its spec, namespace and controller, not at its name or labels: what was prepared and found out for
   * one pod serves for all that are alike in those.
   */
  readonly scope: "node" | "cluster";
  /**
   * Prepares for one pod: whatever can be found out once rather than for each node. The result holds as long as nothing
   * changes. @returns undefined when no node could be refused
   */
  prepareFilter(pod: PodInfo, cluster: ClusterView): PodFilter | undefined;
  /** What may make it answer otherwise. */
  readonly wakes: WakeHints;
}

/** A filter, ready for one pod. */
export interface PodFilter {
  /** The only nodes that could do, by name; the others are not looked at. */
  readonly onlyNodes?: ReadonlySet<string> | undefined;
  /** Quick: asked about hundreds of nodes for every pod. @returns why the node will not do */
  check(node: NodeInfo): Refusal | undefined;
  /** All that is in the way on a node, in numbers. Empty exactly when `check` does not refuse. */
  explain(node: NodeInfo): readonly Obstacle[];
}

/** The best score. */
export const maxScore = 100;

/** Says how good those nodes are that will do. */
export interface ScorePlugin extends Plugin {
  /** As `FilterPlugin.scope`, of the raw scores. */
  readonly scope: "node" | "cluster";
  /** @returns undefined when all nodes are equally good */
  prepareScore(pod: PodInfo, cluster: ClusterView, feasible: readonly NodeInfo[]): PodScore | undefined;
}

/** A score, ready for one pod. */
export interface PodScore {
  /** A node's raw score: 0 to `maxScore`, the higher the better, unless `normalize` makes it so. */
  score(node: NodeInfo): number;
  /** Turns the raw scores of all feasible nodes, in place, into ones from 0 to `maxScore`. */
  normalize?(scores: Float64Array): void;
}

/** How room is made for a pod that no node will do for. */
export interface Rescue {
  readonly nodeName: string;
  /** They have to leave the node first, the most important first. */
  readonly victims: readonly PodInfo[];
}

/** What looking for a rescue came to. */
export type RescueOutcome =
  | ({ readonly kind: "found" } & Rescue)
  /** The pod must not, or need not, look for one now; what was promised to it before stands. */
  | { readonly kind: "notSought"; readonly report: string }
  /** Nothing helps. */
  | { readonly kind: "futile"; readonly report: string };

/** Makes room for a pod that no node will do for. */
export interface RescuePlugin extends Plugin {
  /**
   * Decides; what is decided is carried out besides, while other pods are being placed. A `report` is the second part of
   * the pod's sentence, as Kubernetes words it.
   */
  rescue(failed: FailedAttempt, cluster: ClusterView): RescueOutcome;
}

/** An attempt that found no node. */
export interface FailedAttempt {
  readonly pod: PodInfo;
  /** Why each node will not do, by its name; nodes that were not looked at are missing. */
  readonly refusals: ReadonlyMap<string, Refusal>;
  /** How many nodes were refused so, by refusal. */
  readonly tally: ReadonlyMap<Refusal, number>;
  /** Whether the filters look at nothing but the pod and the node: what `check` says of a node then holds for pods of one shape. */
  readonly isLocal: boolean;
  /** Asks the filters again, with the cluster as it is within a `tentatively`. @returns why the node will not do even so */
  check(node: NodeInfo): Refusal | undefined;
}

/** Is told of a node chosen for a pod, before anything is written. */
export interface ReservePlugin extends Plugin {
  /** @returns why it must not be this node after all */
  reserve(pod: PodInfo, nodeName: string): Refusal | undefined;
  /** The pod is not bound there after all. Also called when `reserve` of another plugin has refused; must not fail. */
  unreserve(pod: PodInfo, nodeName: string): void;
}

/** Holds back or refuses a binding, beside further decisions. */
export interface PermitPlugin extends Plugin {
  /** Resolves when the pod may be bound. @returns why it must not */
  permit(pod: PodInfo, nodeName: string, signal: AbortSignal): Promise<Refusal | undefined>;
}

/** Writes a decision down. */
export interface BindPlugin extends Plugin {
  /** @returns false to leave it to the next one. @throws ApiError as `ApiClient.bind` */
  bind(pod: PodInfo, nodeName: string, signal: AbortSignal): Promise<boolean>;
}

/** What decides where the pods of one `schedulerName` go. */
export interface Profile {
  readonly schedulerName: string;
  readonly gates: readonly GatePlugin[];
  /** In this order; the first that refuses a node gives the reason. */
  readonly filters: readonly FilterPlugin[];
  readonly rescues: readonly RescuePlugin[];
  readonly scores: readonly WeightedScore[];
  readonly reserves: readonly ReservePlugin[];
  readonly permits: readonly PermitPlugin[];
  /** In this order, until one has done it. */
  readonly binds: readonly BindPlugin[];
  /** How many percent of the nodes to find feasible before choosing among them; 0 lets the number of nodes decide. */
  readonly percentageOfNodesToScore: number;
}

/** A score, and how much it counts beside others. */
export interface WeightedScore {
  readonly plugin: ScorePlugin;
  readonly weight: number;
}
