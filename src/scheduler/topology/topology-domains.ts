import type { ClusterView, NodeInfo, PlacementObserver } from "../cluster/cluster-view.js";
import { atLeast } from "./at-least.js";

/** The domains that a label divides the nodes into: those with the same value are one. Changes with the nodes: to be read at once. */
export interface Domains {
  readonly topologyKey: string;
  /** The number of each node's domain, by slot, for all slots; -1 where the node has no such label. */
  readonly bySlot: Int32Array;
  /** One more than the greatest number. */
  readonly size: number;
  /** How many nodes are in any of them. */
  readonly nodeCount: number;
  /** Grows whenever a node comes into a domain or leaves it. */
  readonly revision: number;
  /** The label's value. */
  nameOf(domain: number): string;
  /** How many nodes are in it; none where a number is free. */
  nodesIn(domain: number): number;
}

// Keys come from pods: this many of them at once are more than anybody divides a cluster by.
const mostKeys = 64;

/** Which domain each node is in, for each label that somebody asks about. */
export class TopologyDomains implements PlacementObserver {
  /** The one asked last comes last. */
  private readonly byKey = new Map<string, NumberedDomains>();

  constructor(private readonly cluster: ClusterView) {}

  of(topologyKey: string): Domains {
    const domains = this.byKey.get(topologyKey) ?? this.divide(topologyKey);
    this.byKey.delete(topologyKey);
    this.byKey.set(topologyKey, domains);
    domains.reserve(this.cluster.slots);
    return domains;
  }

  nodeSet({ slot, node }: NodeInfo): void {
    const { labels } = node.metadata;
    for (const domains of this.byKey.values()) domains.set(slot, labelOf(labels, domains.topologyKey));
  }

  nodeRemoved({ slot }: NodeInfo): void {
    for (const domains of this.byKey.values()) domains.set(slot, undefined);
  }

  private divide(topologyKey: string): NumberedDomains {
    const domains = new NumberedDomains(topologyKey);
    for (const { slot, node } of this.cluster.nodes()) domains.set(slot, labelOf(node.metadata.labels, topologyKey));
    const [oldest] = this.byKey.keys();
    if (this.byKey.size >= mostKeys && oldest !== undefined) this.byKey.delete(oldest);
    return domains;
  }
}

function labelOf(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

/** Numbers domains by their names, from 0 on; the number of one that has no nodes any more is given again. */
class NumberedDomains implements Domains {
  bySlot = new Int32Array(0);
  revision = 0;
  nodeCount = 0;
  private readonly names: string[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly nodeCounts: number[] = [];
  private readonly free: number[] = [];

  constructor(readonly topologyKey: string) {}

  get size(): number {
    return this.names.length;
  }

  nameOf(domain: number): string {
    return this.names[domain] ?? "";
  }

  nodesIn(domain: number): number {
    return this.nodeCounts[domain] ?? 0;
  }

  reserve(slots: number): void {
    this.bySlot = atLeast(this.bySlot, slots, -1);
  }

  /** Says what label the node has, or that it has none. */
  set(slot: number, name: string | undefined): void {
    this.reserve(slot + 1);
    const before = this.bySlot[slot] ?? -1;
    if (before < 0 ? name === undefined : this.names[before] === name) return;
    this.revision++;
    if (before >= 0) this.leave(before);
    this.bySlot[slot] = name === undefined ? -1 : this.join(name);
  }

  private join(name: string): number {
    const number = this.numbers.get(name) ?? this.free.pop() ?? this.names.length;
    this.names[number] = name;
    this.numbers.set(name, number);
    this.nodeCounts[number] = (this.nodeCounts[number] ?? 0) + 1;
    this.nodeCount++;
    return number;
  }

  private leave(number: number): void {
    const count = (this.nodeCounts[number] ?? 0) - 1;
    this.nodeCounts[number] = count;
    this.nodeCount--;
    if (count > 0) return;
    this.numbers.delete(this.nameOf(number));
    this.free.push(number);
  }
}
