import type { NodeInfo, PlacementObserver } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";

/** An index that adds something up over placed pods: every change comes down to one pod more or less on a node. */
export abstract class PlacementCounter implements PlacementObserver {
  /** Slots of nodes whose pods have been counted. */
  private readonly known = new Set<number>();

  placed(pod: PodInfo, { slot }: NodeInfo): void {
    this.count(pod, slot, 1);
  }

  removed(pod: PodInfo, { slot }: NodeInfo): void {
    this.count(pod, slot, -1);
  }

  nodeSet({ slot, pods }: NodeInfo): void {
    if (this.known.has(slot)) return;
    this.known.add(slot);
    for (const pod of pods.values()) this.count(pod, slot, 1);
  }

  nodeRemoved({ slot, pods }: NodeInfo): void {
    this.known.delete(slot);
    for (const pod of pods.values()) this.count(pod, slot, -1);
  }

  /** `difference` is 1 or -1. */
  protected abstract count(pod: PodInfo, slot: number, difference: number): void;
}
