import type { Whole } from "../../api/object.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { ClusterView, NodeInfo, PlacementObserver, TentativeChange } from "./cluster-view.js";
import { type BudgetInfo, DisruptionBudgets } from "./disruption-budgets.js";
import { ImageCounts } from "./image-counts.js";
import { byZoneInTurns, zoneOf } from "./node-order.js";
import { NodeRecord, type SavedSums } from "./node-record.js";
import { Nominations } from "./nominations.js";
import { countsAlike, type PodInfo } from "./pod-info.js";

interface Placed {
  readonly pod: PodInfo;
  readonly nodeName: string;
  readonly assumed: boolean;
}

/** What a `tentatively` has to put back. */
interface Undo {
  readonly pods: Map<string, Placed | undefined>;
  readonly nodes: Map<NodeRecord, SavedSums>;
  readonly objects: Map<string, Whole<Node>>;
}

/**
 * Every node with the load of its pods, kept by increments.
 *
 * Invariants: a pod, known by its uid, is placed on one node at most; an assumed pod counts like a bound one, until the
 * bound pod is seen or the assumption is given up; pods may be known before their node is; observers have been told of
 * exactly what is placed now.
 */
export class ClusterState implements ClusterView {
  readonly nominations = new Nominations();
  readonly budgets = new DisruptionBudgets();
  private readonly records = new Map<string, NodeRecord>();
  private readonly placed = new Map<string, Placed>();
  /** Pods whose node is not known, by its name. */
  private readonly homeless = new Map<string, Map<string, PodInfo>>();
  private readonly observers: PlacementObserver[] = [];
  private readonly freeSlots: number[] = [];
  private readonly images = new ImageCounts();
  private readonly namespaceLabelsByName = new Map<string, Readonly<Record<string, string>>>();
  private slotCount = 0;
  private generation = 0;
  private order: readonly NodeInfo[] | undefined;

  /** Tells `observer` of what is placed already, and from then on of every change. */
  observe(observer: PlacementObserver): void {
    for (const record of this.records.values()) observer.nodeSet?.(record);
    this.observers.push(observer);
  }

  nodes(): readonly NodeInfo[] {
    this.order ??= byZoneInTurns(this.records.values(), ({ node }) => zoneOf(node));
    return this.order;
  }

  node(name: string): NodeInfo | undefined {
    return this.records.get(name);
  }

  get slots(): number {
    return this.slotCount;
  }

  nodesWithImage(name: string): number {
    return this.images.nodesWith(name);
  }

  namespaceLabels(name: string): Readonly<Record<string, string>> | undefined {
    return this.namespaceLabelsByName.get(name);
  }

  namespaces(): Iterable<string> {
    return this.namespaceLabelsByName.keys();
  }

  nominated(nodeName: string): readonly PodInfo[] {
    const pods = this.nominations.on(nodeName);
    return pods.length === 0 ? pods : pods.filter(({ uid }) => !this.placed.has(uid));
  }

  get nominatedCount(): number {
    return this.nominations.size;
  }

  nominatedNode(uid: string): string | undefined {
    return this.nominations.nodeOf(uid);
  }

  get budgetsGeneration(): number {
    return this.budgets.generation;
  }

  budgetsOf(pod: PodInfo): readonly BudgetInfo[] {
    return this.budgets.of(pod);
  }

  setNamespace(name: string, labels: Readonly<Record<string, string>>): void {
    this.namespaceLabelsByName.set(name, labels);
  }

  removeNamespace(name: string): void {
    this.namespaceLabelsByName.delete(name);
  }

  setNode(node: Whole<Node>): void {
    const { name } = node.metadata;
    const known = this.records.get(name);
    if (known === undefined || zoneOf(known.node) !== zoneOf(node)) this.order = undefined;
    const record = known ?? new NodeRecord(node, this.freeSlots.pop() ?? this.slotCount++);
    this.records.set(name, record);
    const imagesBefore = record.images;
    record.update(node, ++this.generation);
    this.images.replace(imagesBefore, record.images);
    for (const pod of this.homeless.get(name)?.values() ?? []) record.add(pod, ++this.generation);
    this.homeless.delete(name);
    for (const observer of this.observers) observer.nodeSet?.(record);
  }

  removeNode(name: string): void {
    const record = this.records.get(name);
    if (record === undefined) return;
    this.records.delete(name);
    this.order = undefined;
    this.images.replace(record.images, new Map());
    for (const observer of this.observers) observer.nodeRemoved?.(record);
    this.freeSlots.push(record.slot);
    if (record.pods.size > 0) this.homeless.set(name, new Map(record.pods));
  }

  /** Counts a pod that is bound, instead of what was assumed or known of it before. */
  bound(pod: PodInfo, nodeName: string): void {
    this.place({ pod, nodeName, assumed: false });
  }

  /** Counts a pod on the node chosen for it, while it is being bound. */
  assume(pod: PodInfo, nodeName: string): void {
    this.place({ pod, nodeName, assumed: true });
  }

  /** Gives up an assumption; a pod that was seen bound in the meantime stays counted. @returns what was given up */
  forget(uid: string): Placed | undefined {
    return this.placed.get(uid)?.assumed === true ? this.remove(uid) : undefined;
  }

  /** Counts a pod no more. @returns how it was counted */
  remove(uid: string): Placed | undefined {
    const placed = this.placed.get(uid);
    if (placed === undefined) return undefined;
    this.placed.delete(uid);
    const { pod, nodeName } = placed;
    const record = this.records.get(nodeName);
    if (record === undefined) {
      const others = this.homeless.get(nodeName);
      others?.delete(uid);
      if (others?.size === 0) this.homeless.delete(nodeName);
    } else {
      record.remove(pod, ++this.generation);
      for (const observer of this.observers) observer.removed?.(pod, record);
    }
    return placed;
  }

  /** How a pod is counted. */
  placement(uid: string): Placed | undefined {
    return this.placed.get(uid);
  }

  tentatively<T>(attempt: (change: TentativeChange) => T): T {
    const undo: Undo = { pods: new Map(), nodes: new Map(), objects: new Map() };
    try {
      return attempt({
        place: (pod, nodeName) => {
          this.remember(undo, pod.uid, nodeName);
          this.place({ pod, nodeName, assumed: true });
        },
        remove: (uid) => {
          this.remember(undo, uid);
          this.remove(uid);
        },
        setNode: (node) => this.setTentatively(undo, node),
      });
    } finally {
      for (const object of undo.objects.values()) this.setNode(object);
      for (const [uid, before] of undo.pods) {
        if (before === undefined) this.remove(uid);
        else this.place(before);
      }
      for (const [record, sums] of undo.nodes) record.restore(sums);
    }
  }

  private setTentatively(undo: Undo, node: Whole<Node>): void {
    const { name } = node.metadata;
    const record = this.records.get(name);
    if (record === undefined) return;
    if (!undo.nodes.has(record)) undo.nodes.set(record, record.save());
    if (!undo.objects.has(name)) undo.objects.set(name, record.node);
    this.setNode(node);
  }

  private remember(undo: Undo, uid: string, alsoOn?: string): void {
    const before = this.placed.get(uid);
    if (!undo.pods.has(uid)) undo.pods.set(uid, before);
    for (const name of [before?.nodeName, alsoOn]) {
      const record = name === undefined ? undefined : this.records.get(name);
      if (record !== undefined && !undo.nodes.has(record)) undo.nodes.set(record, record.save());
    }
  }

  private place(placed: Placed): void {
    const { pod, nodeName } = placed;
    const known = this.placed.get(pod.uid);
    if (known?.nodeName === nodeName && countsAlike(known.pod, pod)) {
      // Seeing that what was assumed is bound changes nothing that is remembered of the node.
      this.placed.set(pod.uid, placed);
      this.records.get(nodeName)?.replace(pod);
      this.homeless.get(nodeName)?.set(pod.uid, pod);
      return;
    }
    if (known !== undefined) this.remove(pod.uid);
    this.placed.set(pod.uid, placed);
    const record = this.records.get(nodeName);
    if (record === undefined) {
      const others = this.homeless.get(nodeName) ?? new Map<string, PodInfo>();
      this.homeless.set(nodeName, others.set(pod.uid, pod));
      return;
    }
    record.add(pod, ++this.generation);
    for (const observer of this.observers) observer.placed?.(pod, record);
  }
}
