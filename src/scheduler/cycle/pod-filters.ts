import type { ClusterView, NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import type { FilterPlugin, PodFilter, Profile } from "../framework/plugin.js";
import type { RefusalTable } from "./refusal-table.js";
import { firstRefusal, type ShapeMemory } from "./shape-memory.js";

/** The only nodes that could do, and who says so. */
export interface Narrowing {
  readonly nodes: ReadonlySet<string>;
  readonly plugins: readonly string[];
}

interface Prepared {
  readonly plugin: string;
  readonly filter: PodFilter;
}

/**
 * The filters that come first and look at one node alone: what they say is remembered. Those after the first of the
 * others are asked each time, so that the reason given is always the first filter's.
 */
export function splitFilters({ filters }: Profile): {
  readonly remembered: readonly FilterPlugin[];
  readonly asked: readonly FilterPlugin[];
} {
  const first = filters.findIndex(({ scope }) => scope === "cluster");
  const end = first < 0 ? filters.length : first;
  return { remembered: filters.slice(0, end), asked: filters.slice(end) };
}

/** All filters of a profile, ready for one pod, counting what nodes were promised to others. */
export class PodFilters {
  private asked: readonly PodFilter[];

  constructor(
    private readonly pod: PodInfo,
    private readonly plugins: readonly FilterPlugin[],
    private readonly memory: ShapeMemory,
    private readonly cluster: ClusterView,
    private readonly table: RefusalTable,
  ) {
    this.asked = this.prepareAsked();
  }

  /** Whether they look at nothing but the pod and one node. */
  get areLocal(): boolean {
    return this.asked.length === 0;
  }

  /** The number of the refusal of a node, 0 when it will do: both as it is, and with the pods there that it was promised to. */
  code(node: NodeInfo): number {
    if (this.cluster.nominatedCount > 0) {
      const code = this.codeWithPromised(node);
      if (code !== 0) return code;
    }
    return this.codeAsItIs(node);
  }

  /** As `code`, of a cluster that is not as it was when this was made. */
  codeNow(node: NodeInfo): number {
    return this.within(() => this.code(node));
  }

  private codeAsItIs(node: NodeInfo): number {
    const code = this.memory.verdict(node);
    return code !== 0 || this.asked.length === 0 ? code : this.table.codeOf(firstRefusal(this.asked, node));
  }

  /** Pods as important as this one, or more, must find the room that others leave for them. */
  private codeWithPromised(node: NodeInfo): number {
    const { uid, priority } = this.pod;
    const others = this.cluster.nominated(node.name).filter((other) => other.uid !== uid && other.priority >= priority);
    if (others.length === 0) return 0;
    return this.cluster.tentatively(({ place }) => {
      for (const other of others) place(other, node.name);
      return this.within(() => this.codeAsItIs(node));
    });
  }

  /** Does something with the filters prepared for the cluster as it is now. */
  private within<T>(what: () => T): T {
    const before = this.asked;
    this.asked = this.prepareAsked();
    try {
      return what();
    } finally {
      this.asked = before;
    }
  }

  private prepareAsked(): readonly PodFilter[] {
    return prepareFilters(this.plugins, this.pod, this.cluster).map(({ filter }) => filter);
  }
}

/** Prepares those filters that have something to say of the pod. */
export function prepareFilters(plugins: readonly FilterPlugin[], pod: PodInfo, cluster: ClusterView): readonly Prepared[] {
  const prepared: Prepared[] = [];
  for (const plugin of plugins) {
    const filter = plugin.prepareFilter(pod, cluster);
    if (filter !== undefined) prepared.push({ plugin: plugin.name, filter });
  }
  return prepared;
}

/** The nodes that all filters have in common which name the only ones that could do. */
export function narrowing(prepared: readonly Prepared[]): Narrowing | undefined {
  let nodes: ReadonlySet<string> | undefined;
  const plugins: string[] = [];
  for (const { plugin, filter } of prepared) {
    const { onlyNodes } = filter;
    if (onlyNodes === undefined) continue;
    plugins.push(plugin);
    const before = nodes;
    nodes = before === undefined ? onlyNodes : new Set([...onlyNodes].filter((name) => before.has(name)));
  }
  return nodes === undefined ? undefined : { nodes, plugins: plugins.sort() };
}
