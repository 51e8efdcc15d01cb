import type { NodeInfo } from "../cluster/cluster-view.js";
import type { Refusal } from "../framework/refusal.js";
import type { RefusalTable } from "./refusal-table.js";

/** All nodes in their order, and where each is. */
export interface NodePositions {
  readonly nodes: readonly NodeInfo[];
  positionOf(name: string): number | undefined;
}

/**
 * Why nodes will not do, by name: a number for each node, made into a map only when somebody goes through it. Of
 * thousands of nodes most attempts need no more than how many were refused for what.
 */
export class NodeRefusals implements ReadonlyMap<string, Refusal> {
  private byName: ReadonlyMap<string, Refusal> | undefined;
  private counts: ReadonlyMap<Refusal, number> | undefined;

  /** @param codes the refusal of the node at each position, 0 for none */
  constructor(
    private readonly positions: NodePositions,
    private readonly codes: Uint16Array,
    private readonly table: RefusalTable,
  ) {}

  /** How many nodes were refused so, by refusal. */
  get tally(): ReadonlyMap<Refusal, number> {
    this.counts ??= this.count();
    return this.counts;
  }

  get size(): number {
    let size = 0;
    for (const code of this.codes) if (code !== 0) size++;
    return size;
  }

  get(name: string): Refusal | undefined {
    const position = this.positions.positionOf(name);
    return position === undefined ? undefined : this.table.refusalOf(this.codes[position] ?? 0);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  forEach(each: (refusal: Refusal, name: string, map: ReadonlyMap<string, Refusal>) => void): void {
    for (const [name, refusal] of this.map()) each(refusal, name, this);
  }

  entries() {
    return this.map().entries();
  }

  keys() {
    return this.map().keys();
  }

  values() {
    return this.map().values();
  }

  [Symbol.iterator]() {
    return this.map().entries();
  }

  private count(): ReadonlyMap<Refusal, number> {
    const perCode = new Map<number, number>();
    for (const code of this.codes) if (code !== 0) perCode.set(code, (perCode.get(code) ?? 0) + 1);
    const counts = new Map<Refusal, number>();
    for (const [code, count] of perCode) {
      const refusal = this.table.refusalOf(code);
      if (refusal !== undefined) counts.set(refusal, count);
    }
    return counts;
  }

  private map(): ReadonlyMap<string, Refusal> {
    if (this.byName !== undefined) return this.byName;
    const byName = new Map<string, Refusal>();
    for (const [position, node] of this.positions.nodes.entries()) {
      const refusal = this.table.refusalOf(this.codes[position] ?? 0);
      if (refusal !== undefined) byName.set(node.name, refusal);
    }
    this.byName = byName;
    return byName;
  }
}
