import type { Whole } from "../../api/object.js";
import type { HostPort } from "../../api/scheduling/host-ports.js";
import { quantityNumber } from "../../api/values/quantity.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { NodeInfo } from "./cluster-view.js";
import type { PodInfo } from "./pod-info.js";
import { addResources, noResources, type Resources, readResources, subtractResources } from "./resources.js";

/** What `restore` puts back; pods are put back one by one. */
export interface SavedSums {
  readonly generation: number;
  readonly requested: Resources;
  readonly assumedRequested: Resources;
}

/** A node with the sums of what its pods take, kept by increments. Changed by `ClusterState` alone, which says each generation. */
export class NodeRecord implements NodeInfo {
  generation = 0;
  isReady = false;
  allocatable = noResources;
  maxPods = 0;
  requested = noResources;
  assumedRequested = noResources;
  images: ReadonlyMap<string, number> = new Map();
  readonly pods = new Map<string, PodInfo>();
  readonly name: string;
  /** Undefined until asked for after a pod with ports has come or gone. */
  private ports: readonly HostPort[] | undefined;

  constructor(
    public node: Whole<Node>,
    readonly slot: number,
  ) {
    this.name = node.metadata.name;
  }

  get podCount(): number {
    return this.pods.size;
  }

  get hostPorts(): readonly HostPort[] {
    this.ports ??= [...this.pods.values()].flatMap(({ hostPorts }) => hostPorts);
    return this.ports;
  }

  update(node: Whole<Node>, generation: number): void {
    const { allocatable, conditions, images } = node.status;
    this.node = node;
    this.generation = generation;
    this.isReady = conditions.find(({ type }) => type === "Ready")?.status === "True";
    this.allocatable = readResources(allocatable);
    this.maxPods = quantityNumber(allocatable.pods);
    this.images = new Map(images.flatMap(({ names, sizeBytes = 0 }) => names.map((name) => [name, Number(sizeBytes)])));
  }

  add(pod: PodInfo, generation: number): void {
    this.pods.set(pod.uid, pod);
    if (pod.hostPorts.length > 0) this.ports = undefined;
    this.generation = generation;
    this.requested = addResources(this.requested, pod.requests);
    this.assumedRequested = addResources(this.assumedRequested, pod.assumedRequests);
  }

  /** Keeps a newer version of a pod that counts as the one before. */
  replace(pod: PodInfo): void {
    this.pods.set(pod.uid, pod);
  }

  remove(pod: PodInfo, generation: number): void {
    this.pods.delete(pod.uid);
    if (pod.hostPorts.length > 0) this.ports = undefined;
    this.generation = generation;
    const isEmpty = this.pods.size === 0;
    this.requested = isEmpty ? noResources : subtractResources(this.requested, pod.requests);
    this.assumedRequested = isEmpty ? noResources : subtractResources(this.assumedRequested, pod.assumedRequests);
  }

  save(): SavedSums {
    return { generation: this.generation, requested: this.requested, assumedRequested: this.assumedRequested };
  }

  /** Puts back what `save` gave, when the same pods are placed as then: what was found out at that generation holds again. */
  restore({ generation, requested, assumedRequested }: SavedSums): void {
    this.generation = generation;
    this.requested = requested;
    this.assumedRequested = assumedRequested;
  }
}
