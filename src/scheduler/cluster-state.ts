import type { Whole } from "../api/object.js";
import type { HostPort } from "../api/scheduling/host-ports.js";
import { quantityNumber } from "../api/values/quantity.js";
import type { Node } from "../gen/howbernetes/core/v1/node.js";
import type { PodInfo } from "./pod-info.js";
import { addResources, noResources, type Resources, readResources, subtractResources } from "./resources.js";

/** A node and the sum of what its pods take. */
export interface NodeInfo {
  readonly node: Whole<Node>;
  readonly name: string;
  readonly allocatable: Resources;
  /** How many pods it admits. */
  readonly maxPods: number;
  /** Requests of the pods placed there, bound or assumed. */
  readonly requested: Resources;
  readonly podCount: number;
  /** Ports of the node that those pods take. */
  readonly hostPorts: readonly HostPort[];
}

interface Placed {
  readonly pod: PodInfo;
  readonly nodeName: string;
  readonly assumed: boolean;
}

interface Load {
  requested: Resources;
  readonly pods: Map<string, PodInfo>;
}

/**
 * Every node with the load of its pods, kept by increments.
 *
 * Invariants: a pod, known by its uid, is placed on one node at most; an assumed pod counts like a bound one, until the
 * bound pod is seen or the assumption is given up; pods may be known before their node is.
 */
export class ClusterState {
  private readonly nodes = new Map<string, Whole<Node>>();
  private readonly loads = new Map<string, Load>();
  private readonly placed = new Map<string, Placed>();
  /** What `snapshot` gave, as far as it still holds. */
  private readonly infos = new Map<string, NodeInfo>();

  setNode(node: Whole<Node>): void {
    this.nodes.set(node.metadata.name, node);
    this.infos.delete(node.metadata.name);
  }

  removeNode(name: string): void {
    this.nodes.delete(name);
    this.infos.delete(name);
  }

  /** Counts a pod that is bound, instead of what was assumed or known of it before. */
  bound(pod: PodInfo, nodeName: string): void {
    this.place({ pod, nodeName, assumed: false });
  }

  /** Counts a pod on the node chosen for it, while it is being bound. */
  assume(pod: PodInfo, nodeName: string): void {
    this.place({ pod, nodeName, assumed: true });
  }

  /** Gives up an assumption; a pod that was seen bound in the meantime stays counted. */
  forget(uid: string): void {
    if (this.placed.get(uid)?.assumed === true) this.remove(uid);
  }

  /** Counts a pod no more. @returns whether it was counted */
  remove(uid: string): boolean {
    const placed = this.placed.get(uid);
    if (placed === undefined) return false;
    this.placed.delete(uid);
    const load = this.loads.get(placed.nodeName);
    if (load !== undefined) {
      load.pods.delete(uid);
      load.requested = load.pods.size === 0 ? noResources : subtractResources(load.requested, placed.pod.requests);
      if (load.pods.size === 0) this.loads.delete(placed.nodeName);
    }
    this.infos.delete(placed.nodeName);
    return true;
  }

  /** All nodes, in no particular but in a stable order. */
  snapshot(): readonly NodeInfo[] {
    return [...this.nodes.values()].map((node) => this.infos.get(node.metadata.name) ?? this.info(node));
  }

  private place(placed: Placed): void {
    this.remove(placed.pod.uid);
    this.placed.set(placed.pod.uid, placed);
    let load = this.loads.get(placed.nodeName);
    if (load === undefined) {
      load = { requested: noResources, pods: new Map() };
      this.loads.set(placed.nodeName, load);
    }
    load.pods.set(placed.pod.uid, placed.pod);
    load.requested = addResources(load.requested, placed.pod.requests);
    this.infos.delete(placed.nodeName);
  }

  private info(node: Whole<Node>): NodeInfo {
    const name = node.metadata.name;
    const load = this.loads.get(name);
    const { allocatable } = node.status;
    const info: NodeInfo = {
      node,
      name,
      allocatable: readResources(allocatable),
      maxPods: quantityNumber(allocatable.pods),
      requested: load?.requested ?? noResources,
      podCount: load?.pods.size ?? 0,
      hostPorts: load === undefined ? [] : [...load.pods.values()].flatMap(({ hostPorts }) => hostPorts),
    };
    this.infos.set(name, info);
    return info;
  }
}
