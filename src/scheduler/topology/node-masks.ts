import { isDeepStrictEqual } from "node:util";
import type { Whole } from "../../api/object.js";
import type { NodeTest } from "../../api/scheduling/node-selection.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { ClusterView, NodeInfo, PlacementObserver } from "../cluster/cluster-view.js";
import { atLeast } from "./at-least.js";

interface Mask {
  readonly test: NodeTest;
  bits: Uint8Array;
}

// Each costs a byte a node, and a test of each node whose labels or taints change.
const mostMasks = 64;

/** For which nodes something holds that follows from their names, labels and taints alone. */
export class NodeMasks implements PlacementObserver {
  /** The one asked last comes last. */
  private readonly masks = new Map<string, Mask>();
  private readonly seen = new Map<number, Whole<Node>>();

  constructor(private readonly cluster: ClusterView) {}

  /** 1 for each slot whose node passes; tests with equal keys are the same. Changes with the nodes: to be read at once. */
  of(key: string, test: NodeTest): Uint8Array {
    const mask = this.masks.get(key) ?? this.make(test);
    this.masks.delete(key);
    this.masks.set(key, mask);
    mask.bits = atLeast(mask.bits, this.cluster.slots);
    return mask.bits;
  }

  nodeSet({ slot, node }: NodeInfo): void {
    const before = this.seen.get(slot);
    this.seen.set(slot, node);
    // Nodes report their states far more often than anybody changes what is tested here.
    if (before !== undefined && isSameTo(before, node)) return;
    for (const mask of this.masks.values()) set(mask, slot, mask.test(node));
  }

  nodeRemoved({ slot }: NodeInfo): void {
    this.seen.delete(slot);
    for (const mask of this.masks.values()) set(mask, slot, false);
  }

  private make(test: NodeTest): Mask {
    const mask: Mask = { test, bits: new Uint8Array(this.cluster.slots) };
    for (const { slot, node } of this.cluster.nodes()) set(mask, slot, test(node));
    const [oldest] = this.masks.keys();
    if (this.masks.size >= mostMasks && oldest !== undefined) this.masks.delete(oldest);
    return mask;
  }
}

function set(mask: Mask, slot: number, passes: boolean): void {
  mask.bits = atLeast(mask.bits, slot + 1);
  mask.bits[slot] = passes ? 1 : 0;
}

function isSameTo(a: Whole<Node>, b: Whole<Node>): boolean {
  return isDeepStrictEqual(a.metadata.labels, b.metadata.labels) && isDeepStrictEqual(a.spec.taints, b.spec.taints);
}
