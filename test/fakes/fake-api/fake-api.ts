import { canonicalizeObject } from "../../../src/api/codec/canonical.js";
import { conflict, notFound } from "../../../src/api/errors.js";
import { eventKind } from "../../../src/api/kinds/event/kind.js";
import type { Kind } from "../../../src/api/kinds/kind.js";
import { namespaceKind } from "../../../src/api/kinds/namespace/kind.js";
import { nodeKind } from "../../../src/api/kinds/node/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { type ApiObject, keyOf, type ObjectKey, type Whole } from "../../../src/api/object.js";
import { applyBinding } from "../../../src/apiserver/nodes/binding.js";
import { bindingEvent } from "../../../src/apiserver/nodes/binding-event.js";
import type { Clock } from "../../../src/base/clock.js";
import type { ApiClient, ResourceClient } from "../../../src/client/contracts.js";
import { Binding } from "../../../src/gen/howbernetes/core/v1/binding.js";
import { type FakeCluster, FakeResourceClient } from "./fake-resource-client.js";
import { ObjectTable } from "./object-table.js";

/** A call of a client, as tests see it. */
export interface Call {
  readonly verb: "get" | "list" | "create" | "update" | "updateStatus" | "patch" | "delete" | "bind";
  readonly kind: Kind;
  readonly key: ObjectKey;
}

/** Comes between a call and its effect: throws to refuse it, or waits; after the effect its `after` may lose the answer. */
export interface Interceptor {
  before?(call: Call): void | Promise<void>;
  after?(call: Call): void | Promise<void>;
}

/**
 * A cluster in memory: revisions, watches, compare-and-swap, uids, deletion with grace and finalizers, by the
 * api-server's own rules. It has no nodes and no controllers but those that a test runs against it.
 */
export class FakeApi implements ApiClient {
  private readonly tables = new Map<string, ObjectTable<ApiObject>>();
  private readonly interceptors: Interceptor[] = [];
  private readonly observers: (() => void)[] = [];
  private latest = 0;

  constructor(private readonly clock: Clock) {}

  of<T extends ApiObject>(kind: Kind<T>): ResourceClient<T> {
    return new FakeResourceClient(this.table(kind), this.cluster);
  }

  async bind(
    pod: Whole<ApiObject>,
    nodeName: string,
    _signal?: AbortSignal,
    scheduler = "",
  ): Promise<{ readonly resourceVersion: string }> {
    const key = keyOf(pod);
    return await this.cluster.perform({ verb: "bind", kind: podKind, key }, () => {
      const pods = this.table(podKind);
      const present = pods.get(key);
      if (present === undefined) throw notFound({ group: "", kind: "pods", name: key.name });
      if (present.metadata.uid !== pod.metadata.uid) throw conflict({ group: "", kind: "pods", name: key.name });
      const nodeKey = { namespace: "", name: nodeName };
      if (this.table(nodeKind).get(nodeKey) === undefined) throw notFound({ group: "", kind: "nodes", name: nodeName });
      const draft = pods.draft(present);
      const nowMs = this.clock.now();
      applyBinding(draft, { binding: Binding.fromPartial({}), nodeName, nowMs });
      if (scheduler !== "") this.table(eventKind).put(bindingEvent(draft, { nodeName, scheduler, nowMs }));
      return { resourceVersion: pods.put(draft).metadata.resourceVersion };
    });
  }

  async evict(): Promise<never> {
    throw new Error("unscripted evict");
  }

  withMetadata(): ApiClient {
    return this;
  }

  async close(): Promise<void> {}

  /** Puts an object there with its status and all, whatever the rules say; only its defaults are filled in. */
  seed<T extends ApiObject>(kind: Kind<T>, object: Whole<T>): Whole<T> {
    const draft = structuredClone(object);
    kind.applyDefaults(draft);
    canonicalizeObject(kind, draft);
    return this.table(kind).put(draft);
  }

  /** Changes an object as nobody in the test would: `change` gets a draft. */
  change<T extends ApiObject>(kind: Kind<T>, key: ObjectKey, change: (draft: Whole<T>) => void): Whole<T> {
    const table = this.table(kind);
    const present = table.get(key);
    if (present === undefined) throw notFound({ group: kind.group, kind: kind.plural, name: key.name });
    const draft = table.draft(present);
    change(draft);
    return table.put(draft);
  }

  /** Takes an object away at once. */
  remove<T extends ApiObject>(kind: Kind<T>, key: ObjectKey): void {
    this.table(kind).remove(key);
  }

  /** All objects of a kind, as they are now. */
  objects<T extends ApiObject>(kind: Kind<T>): readonly Whole<T>[] {
    return this.table(kind).all();
  }

  /** Puts something between calls and their effects; the returned function takes it away. */
  intercept(interceptor: Interceptor): () => void {
    this.interceptors.push(interceptor);
    return () => void this.interceptors.splice(this.interceptors.indexOf(interceptor), 1);
  }

  /** Calls `observer` after every change, before anyone can react to it: where invariants are checked. */
  observe(observer: () => void): void {
    this.observers.push(observer);
  }

  /** Lets watches of a kind fall silent; the returned function lets them catch up. */
  freeze(kind: Kind): () => void {
    const table = this.table(kind);
    table.hold();
    return () => table.release();
  }

  private readonly cluster: FakeCluster = {
    now: () => this.clock.now(),
    revision: () => this.latest,
    isNamespaceTerminating: (namespace) =>
      this.table(namespaceKind).get({ namespace: "", name: namespace })?.metadata.deletionTimestamp !== undefined,
    perform: async (call, effect) => {
      for (const interceptor of [...this.interceptors]) await interceptor.before?.(call);
      const result = effect();
      for (const interceptor of [...this.interceptors]) await interceptor.after?.(call);
      return result;
    },
  };

  private table<T extends ApiObject>(kind: Kind<T>): ObjectTable<T> {
    let table = this.tables.get(kind.typeName);
    if (table === undefined) {
      const changed = (): void => {
        for (const observer of this.observers) observer();
      };
      table = new ObjectTable<ApiObject>(kind as unknown as Kind, () => ++this.latest, changed);
      this.tables.set(kind.typeName, table);
    }
    // A kind's name stands for one type.
    return table as unknown as ObjectTable<T>;
  }
}
