import type { ClusterView, NodeInfo } from "../cluster/cluster-view.js";
import type { PodShape } from "../cluster/pod-info.js";
import type { FailedAttempt } from "../framework/plugin.js";
import { findVictims, type VictimSearch } from "./find-victims.js";

// Those that need room at one time are few; each remembers as many searches as there are nodes.
const mostShapes = 16;

interface Remembered {
  readonly generation: number;
  readonly search: VictimSearch;
}

/**
 * What was found out about nodes for pods of one shape. Where the filters look at one node alone, it holds until that
 * node or a budget changes, unless the node is promised to another pod: of many pods alike that need room, each is looked
 * for on those nodes alone where the one before has changed something.
 */
export class VictimMemory {
  private readonly byShape = new Map<PodShape, (Remembered | undefined)[]>();
  private budgetsGeneration = 0;

  /** The victims on a node, as `findVictims`. */
  victimsOn(node: NodeInfo, failed: FailedAttempt, cluster: ClusterView): VictimSearch {
    const { shape } = failed.pod;
    if (shape === undefined || !failed.isLocal || isPromised(node, failed, cluster)) return findVictims(node, failed, cluster);
    const bySlot = this.of(shape, cluster);
    const known = bySlot[node.slot];
    if (known?.generation === node.generation) return known.search;
    const search = findVictims(node, failed, cluster);
    bySlot[node.slot] = { generation: node.generation, search };
    return search;
  }

  private of(shape: PodShape, { budgetsGeneration }: ClusterView): (Remembered | undefined)[] {
    if (budgetsGeneration !== this.budgetsGeneration) this.byShape.clear();
    this.budgetsGeneration = budgetsGeneration;
    const bySlot = this.byShape.get(shape) ?? [];
    // That it is the one used last.
    this.byShape.delete(shape);
    this.byShape.set(shape, bySlot);
    const [oldest = shape] = this.byShape.keys();
    if (this.byShape.size > mostShapes) this.byShape.delete(oldest);
    return bySlot;
  }
}

function isPromised({ name }: NodeInfo, { pod }: FailedAttempt, cluster: ClusterView): boolean {
  return cluster.nominatedCount > 0 && cluster.nominated(name).some(({ uid }) => uid !== pod.uid);
}
