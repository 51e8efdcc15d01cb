import type { Clock } from "../../base/clock.js";
import type { ClusterView, NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import type { FilterPlugin, Profile, RescueOutcome } from "../framework/plugin.js";
import { lastingRefusal, type Refusal } from "../framework/refusal.js";
import type { Attempt } from "./attempt.js";
import { type NodePositions, NodeRefusals } from "./node-refusals.js";
import { nodesToFind } from "./nodes-to-find.js";
import { type Narrowing, narrowing, PodFilters, prepareFilters, splitFilters } from "./pod-filters.js";
import { rankNodes } from "./rank-nodes.js";
import { RefusalTable } from "./refusal-table.js";
import { ShapeMemories } from "./shape-memories.js";
import { ShapeMemory } from "./shape-memory.js";

export interface DeciderDeps {
  readonly cluster: ClusterView;
  readonly clock: Clock;
}

/** What is kept for a profile from one decision to the next. */
interface ProfileState {
  readonly remembered: readonly FilterPlugin[];
  readonly asked: readonly FilterPlugin[];
  readonly memories: ShapeMemories;
  /** Of shapes, which may be forgotten at any time. */
  readonly narrowings: WeakMap<ShapeMemory, Narrowing>;
}

/** A search for nodes: what is asked, and what came of it. */
interface Search {
  readonly filters: PodFilters;
  readonly positions: NodePositions;
  /** The refusal of the node at each position; made with the first. */
  codes: Uint16Array;
  readonly feasible: NodeInfo[];
}

/**
 * Finds pods nodes, one after the other. Nodes are looked at from where the last decision left off, until enough will
 * do; the best of these is taken.
 *
 * Invariants: what is remembered of a node holds for its generation; a decision changes nothing but that memory, and
 * where the next one starts.
 */
export class Decider {
  private start = 0;
  private table = new RefusalTable();
  private states = new Map<Profile, ProfileState>();
  private positions: NodePositions = positionsOf([]);
  private readonly elsewhere = new Map<string, Refusal>();

  constructor(private readonly deps: DeciderDeps) {}

  /** Decides on the cluster as it is; changes nothing. */
  decide(pod: PodInfo, profile: Profile): Attempt {
    const { cluster, clock } = this.deps;
    const startedMs = clock.monotonicMs();
    const state = this.stateOf(profile);
    const memory = this.memoryOf(pod, state);
    const search = this.search(pod, state, memory);
    this.look(search, pod, profile, state.narrowings.get(memory));
    const { feasible, positions, codes } = search;
    const refusals = new NodeRefusals(positions, codes, this.table);
    const [only, another] = feasible;
    // With one node there is nothing to compare.
    const ranking = another === undefined ? [] : rankNodes(feasible, pod, profile, { cluster, memory });
    return {
      pod,
      profile,
      nodeCount: positions.nodes.length,
      refusals,
      keptNodes: codes.length,
      get tally() {
        return refusals.tally;
      },
      feasibleCount: feasible.length,
      ranking,
      nodeName: ranking[0]?.nodeName ?? only?.name,
      rescue: only === undefined ? this.rescue(pod, profile, refusals, search.filters) : undefined,
      durationMs: clock.monotonicMs() - startedMs,
    };
  }

  private stateOf(profile: Profile): ProfileState {
    if (this.table.isFull) {
      this.table = new RefusalTable();
      this.states = new Map();
    }
    const known = this.states.get(profile);
    if (known !== undefined) return known;
    const made: ProfileState = { ...splitFilters(profile), memories: new ShapeMemories(), narrowings: new WeakMap() };
    this.states.set(profile, made);
    return made;
  }

  /** What is known of nodes for pods like this one; a memory of its own for one that is not known to be like others. */
  private memoryOf(pod: PodInfo, { remembered, memories, narrowings }: ProfileState): ShapeMemory {
    const make = (): ShapeMemory => {
      const prepared = prepareFilters(remembered, pod, this.deps.cluster);
      const memory = new ShapeMemory(
        prepared.map(({ filter }) => filter),
        this.table,
      );
      const narrowed = narrowing(prepared);
      if (narrowed !== undefined) narrowings.set(memory, narrowed);
      return memory;
    };
    const shared = pod.shape === undefined ? undefined : memories.of(pod.shape, make);
    shared?.grow(this.deps.cluster.slots);
    return shared ?? make();
  }

  private search(pod: PodInfo, { asked }: ProfileState, memory: ShapeMemory): Search {
    const { cluster } = this.deps;
    const nodes = cluster.nodes();
    if (this.positions.nodes !== nodes) this.positions = positionsOf(nodes);
    const filters = new PodFilters(pod, asked, memory, cluster, this.table);
    return { filters, positions: this.positions, codes: noCodes, feasible: [] };
  }

  private look(search: Search, pod: PodInfo, profile: Profile, narrowed: Narrowing | undefined): void {
    const { cluster } = this.deps;
    const promised = cluster.nominatedNode(pod.uid);
    if (promised !== undefined) {
      this.lookAt(search, this.positions.positionOf(promised));
      if (search.feasible.length > 0) return;
    }
    if (narrowed === undefined) this.lookAround(search, profile);
    else {
      search.codes = new Uint16Array(this.positions.nodes.length);
      search.codes.fill(this.table.codeOf(this.refusalElsewhere(narrowed.plugins)));
      for (const name of narrowed.nodes) this.lookAt(search, this.positions.positionOf(name));
    }
  }

  private lookAt(search: Search, position: number | undefined): void {
    const { filters, positions, feasible } = search;
    const node = position === undefined ? undefined : positions.nodes[position];
    if (position === undefined || node === undefined) return;
    const code = filters.code(node);
    note(search, position, code);
    if (code === 0) feasible.push(node);
  }

  /** Looks at one node after the other until enough will do. */
  private lookAround(search: Search, { percentageOfNodesToScore }: Profile): void {
    const { filters, positions, feasible } = search;
    const { nodes } = positions;
    const count = nodes.length;
    const wanted = nodesToFind(count, percentageOfNodesToScore);
    let position = this.start < count ? this.start : 0;
    let looked = 0;
    for (; looked < count && feasible.length < wanted; looked++) {
      const node = nodes[position];
      if (node !== undefined) {
        const code = filters.code(node);
        if (code === 0) feasible.push(node);
        else note(search, position, code);
      }
      position = position + 1 < count ? position + 1 : 0;
    }
    // Where all were looked at, let another be the first, so that not the same one is taken of equally good ones.
    this.start = looked < count ? position : position + 1;
  }

  private refusalElsewhere(plugins: readonly string[]): Refusal {
    const key = plugins.join(" ");
    const known = this.elsewhere.get(key) ?? lastingRefusal(plugins[0] ?? "", `node(s) didn't satisfy plugin(s) [${key}]`);
    this.elsewhere.set(key, known);
    return known;
  }

  private rescue(pod: PodInfo, profile: Profile, refusals: NodeRefusals, filters: PodFilters): RescueOutcome | undefined {
    const check = (node: NodeInfo): Refusal | undefined => this.table.refusalOf(filters.codeNow(node));
    let outcome: RescueOutcome | undefined;
    for (const plugin of profile.rescues) {
      outcome = plugin.rescue({ pod, refusals, tally: refusals.tally, isLocal: filters.areLocal, check }, this.deps.cluster);
      if (outcome.kind === "found") break;
    }
    return outcome;
  }
}

const noCodes = new Uint16Array(0);

/** Notes what became of a node. Where all will do there is nothing to note: most searches of large clusters. */
function note(search: Search, position: number, code: number): void {
  if (code !== 0 && search.codes.length === 0) search.codes = new Uint16Array(search.positions.nodes.length);
  search.codes[position] = code;
}

function positionsOf(nodes: readonly NodeInfo[]): NodePositions {
  // Made when first asked for: most searches go by position alone.
  let byName: ReadonlyMap<string, number> | undefined;
  return {
    nodes,
    positionOf: (name) => {
      byName ??= new Map(nodes.map((node, position) => [node.name, position]));
      return byName.get(name);
    },
  };
}
