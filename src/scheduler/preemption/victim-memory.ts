import type { ClusterView, NodeInfo } from "../cluster/cluster-view.js";
import type { PodShape } from "../cluster/pod-info.js";
import type { FailedAttempt } from "../framework/plugin.js";
import { findVictims, type VictimSearch } from "./find-victims.js";

// Those that need room at one time are few; each remembers as many searches as there are nodes.
const mostShapes = 16;

interface Remembered {
  readonly generation: number;
  /** To whom else the node was promised. */
  readonly promisedTo: string;
  readonly search: VictimSearch;
}

/**
 * What was found out about nodes for pods of one shape. Where the filters look at one node alone, it holds until that
 * node, to whom it is promised, or a budget changes: of many pods alike that need room, each is looked for on those nodes
 * alone where the one before has changed something.
 */
export class VictimMemory {
  private readonly byShape = new Map<PodShape, (Remembered | undefined)[]>();
  private budgetsGeneration = 0;

  /** Finds victims for a pod as `findVictims` does, as long as nothing changes. */
  finder(failed: FailedAttempt, cluster: ClusterView): (node: NodeInfo) => VictimSearch {
    const { shape } = failed.pod;
    if (shape === undefined || !failed.isLocal) return (node) => findVictims(node, failed, cluster);
    const bySlot = this.of(shape, cluster);
    return (node) => {
      const { slot, generation } = node;
      const known = bySlot[slot];
      const promisedTo = othersPromised(node, failed, cluster);
      if (known?.generation === generation && known.promisedTo === promisedTo) return known.search;
      const search = findVictims(node, failed, cluster);
      bySlot[slot] = { generation, promisedTo, search };
      return search;
    };
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

function othersPromised({ name }: NodeInfo, { pod }: FailedAttempt, cluster: ClusterView): string {
  if (cluster.nominatedCount === 0) return "";
  return cluster
    .nominated(name)
    .flatMap(({ uid }) => (uid === pod.uid ? [] : uid))
    .join(" ");
}
