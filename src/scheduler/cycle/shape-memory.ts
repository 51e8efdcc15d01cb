import type { NodeInfo } from "../cluster/cluster-view.js";
import type { PodFilter, PodScore, ScorePlugin } from "../framework/plugin.js";
import type { RefusalTable } from "./refusal-table.js";

/** Raw scores of one plugin, by the nodes' slots. */
interface Column {
  known: Float64Array;
  scores: Float64Array;
}

/**
 * What was found out about nodes for pods of one shape, by the filters and scores that look at the pod and one node
 * alone: it holds for all pods of that shape until the node changes. Placing many pods alike asks these about each node
 * once, and then only about the nodes where something was placed since.
 */
export class ShapeMemory {
  private known = new Float64Array(0);
  private codes = new Uint16Array(0);
  private readonly columns = new Map<ScorePlugin, Column>();

  /** @param filters prepared for a pod of the shape */
  constructor(
    private readonly filters: readonly PodFilter[],
    private readonly table: RefusalTable,
  ) {}

  /** Makes room for as many nodes; without, nothing is remembered. */
  grow(slots: number): void {
    if (this.known.length >= slots) return;
    this.known = grown(this.known, slots);
    const codes = new Uint16Array(this.known.length);
    codes.set(this.codes);
    this.codes = codes;
  }

  /** The number of the first filter's refusal, 0 when all agree. */
  verdict(node: NodeInfo): number {
    const { slot, generation } = node;
    if (this.known[slot] === generation) return this.codes[slot] ?? 0;
    const code = this.table.codeOf(firstRefusal(this.filters, node));
    this.known[slot] = generation;
    this.codes[slot] = code;
    return code;
  }

  /** Raw scores of all these nodes. */
  scores(plugin: ScorePlugin, prepared: PodScore, nodes: readonly NodeInfo[]): Float64Array {
    const column = this.column(plugin);
    const { known, scores } = column;
    const found = new Float64Array(nodes.length);
    let index = 0;
    for (const node of nodes) {
      const { slot, generation } = node;
      const score = known[slot] === generation ? (scores[slot] ?? 0) : prepared.score(node);
      // Without room these are lost, and asked for again: see `grow`.
      known[slot] = generation;
      scores[slot] = score;
      found[index++] = score;
    }
    return found;
  }

  private column(plugin: ScorePlugin): Column {
    const column = this.columns.get(plugin) ?? { known: new Float64Array(0), scores: new Float64Array(0) };
    this.columns.set(plugin, column);
    if (column.known.length < this.known.length) {
      column.known = grown(column.known, this.known.length);
      column.scores = grown(column.scores, this.known.length);
    }
    return column;
  }
}

/** The first refusal of a node. */
export function firstRefusal(filters: readonly PodFilter[], node: NodeInfo) {
  for (const filter of filters) {
    const refused = filter.check(node);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

/** Doubles, so that a growing cluster does not copy for each node. */
function grown(array: Float64Array, least: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.max(least, 2 * array.length));
  larger.set(array);
  return larger;
}
