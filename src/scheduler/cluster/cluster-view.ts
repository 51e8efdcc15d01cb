import type { Whole } from "../../api/object.js";
import type { HostPort } from "../../api/scheduling/host-ports.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { BudgetInfo } from "./disruption-budgets.js";
import type { PodInfo } from "./pod-info.js";
import type { Resources } from "./resources.js";

/** A node and what its pods take of it, as it is now: read within one decision, never kept. */
export interface NodeInfo {
  readonly node: Whole<Node>;
  readonly name: string;
  /** A small number that is the node's own as long as it is there: the index into arrays by node. */
  readonly slot: number;
  /** Grows with every change of the node or of what is placed on it, across all nodes: equal means unchanged. */
  readonly generation: number;
  /** Its Ready condition. */
  readonly isReady: boolean;
  readonly allocatable: Resources;
  /** How many pods it admits. */
  readonly maxPods: number;
  /** Requests of the pods placed there, bound or assumed. */
  readonly requested: Resources;
  /** What those pods count for when nodes are compared: see `assumedRequests`. */
  readonly assumedRequested: Resources;
  readonly podCount: number;
  /** Those pods, by uid. */
  readonly pods: ReadonlyMap<string, PodInfo>;
  /** Ports of the node that those pods take. */
  readonly hostPorts: readonly HostPort[];
  /** Sizes in bytes of the images that it says it has, by each of their names. */
  readonly images: ReadonlyMap<string, number>;
}

/** All that a decision is made on. Changes only between decisions, or within a `tentatively`. */
export interface ClusterView {
  /** All nodes, those of different zones in turns, in a stable order: Kubernetes' node tree. */
  nodes(): readonly NodeInfo[];
  node(name: string): NodeInfo | undefined;
  /** One more than the greatest slot. */
  readonly slots: number;
  /** How many nodes have an image, by name. */
  nodesWithImage(name: string): number;
  /** Labels of a namespace; undefined when it is not known. */
  namespaceLabels(name: string): Readonly<Record<string, string>> | undefined;
  /** All namespaces that are known. */
  namespaces(): Iterable<string>;
  /** Pods that wait for others to leave a node which has been promised to them, by node; not those that are placed by now. */
  nominated(nodeName: string): readonly PodInfo[];
  /** How many pods have been promised a node: with none there is nothing to ask `nominated` for. */
  readonly nominatedCount: number;
  /** The node promised to a pod, while pods that were to leave it for that one still do, or others may. */
  nominatedNode(uid: string): string | undefined;
  /** The PodDisruptionBudgets that protect a pod. */
  budgetsOf(pod: PodInfo): readonly BudgetInfo[];
  /** Grows with every change of a budget. */
  readonly budgetsGeneration: number;
  /**
   * Does something, within which pods may be placed and taken away, then puts all back. Synchronous; may be nested. What
   * was prepared before does not hold within, nor what was prepared within afterwards.
   */
  tentatively<T>(attempt: (change: TentativeChange) => T): T;
}

/** Changes that will be taken back. */
export interface TentativeChange {
  place(pod: PodInfo, nodeName: string): void;
  remove(uid: string): void;
  /** Takes this for the object of a node that is there; it keeps its pods. */
  setNode(node: Whole<Node>): void;
}

/**
 * Is told of every change of what is placed where, as it happens, within a `tentatively` too: for indexes. Not of a newer
 * version of a placed pod that is like the one before in all that is counted: spec, labels, owners, and whether it is
 * going.
 */
export interface PlacementObserver {
  placed?(pod: PodInfo, node: NodeInfo): void;
  removed?(pod: PodInfo, node: NodeInfo): void;
  /** A node is new, with its pods if they were known before it, or its object has changed. */
  nodeSet?(node: NodeInfo): void;
  /** A node is gone, with its pods; its slot will be another's. */
  nodeRemoved?(node: NodeInfo): void;
}
