import { setImmediate as nextTurn } from "node:timers/promises";
import { type ApiObject, formatKey, keyOf, type ObjectKey, type Whole } from "../api/object.js";
import { abortable, type Deferred, deferred, sharedSignal } from "../base/abort.js";
import { InvariantError } from "../base/invariant.js";
import type { IndexFunctions, Informer, InformerHandler, InformerOptions, ObjectList, ResourceClient, WatchEvent } from "./contracts.js";
import { ObjectCache } from "./object-cache.js";
import { type ReflectorDeps, type ReflectorTarget, reflect } from "./reflector.js";

/** What an informer needs besides a client. */
export type InformerDeps = ReflectorDeps;

/** Creates an informer; it is empty until it runs. */
export function createInformer<T extends ApiObject>(
  client: ResourceClient<T>,
  options: InformerOptions<T>,
  deps: InformerDeps,
): Informer<T> {
  return new ReflectedInformer(client, options, deps);
}

// A few milliseconds of an event loop, with what handlers do.
const objectsATurn = 500;

/**
 * Invariants: the cache changes only in `replace` and `apply`, one of them at a time, and every handler is told of a change
 * before the next one; but for the first list, each is synchronous; `latest` is a revision such that the cache shows every change of the selection up to it.
 */
class ReflectedInformer<T extends ApiObject> implements Informer<T>, ReflectorTarget<T> {
  private readonly cache: ObjectCache<T>;
  private readonly handlers = new Set<InformerHandler<T>>();
  private readonly firstList = deferred();
  private readonly waiters = new Set<{ readonly revision: number; readonly reached: Deferred<void> }>();
  private latest = -1;

  constructor(
    private readonly client: ResourceClient<T>,
    private readonly options: InformerOptions<T>,
    private readonly deps: InformerDeps,
  ) {
    this.cache = new ObjectCache(options.indexes ?? {});
  }

  get(key: ObjectKey): Whole<T> | undefined {
    return this.cache.get(formatKey(key));
  }

  list(namespace?: string): readonly Whole<T>[] {
    return namespace === undefined || namespace === "" ? this.cache.all() : this.cache.inNamespace(namespace);
  }

  byIndex(index: string, value: string): readonly Whole<T>[] {
    return this.cache.byIndex(index, value);
  }

  addIndexes(indexes: IndexFunctions<T>): void {
    this.cache.addIndexes(indexes);
  }

  addHandler(handler: InformerHandler<T>): () => void {
    // Told of what is there before it hears of changes: no handler is told of one object twice.
    for (const object of this.cache.all()) this.tellOne(handler, (to) => to.added?.(object));
    this.handlers.add(handler);
    return () => void this.handlers.delete(handler);
  }

  async synced(signal: AbortSignal): Promise<void> {
    await abortable(this.firstList.promise, signal);
  }

  async reached(resourceVersion: string, signal: AbortSignal): Promise<void> {
    const revision = Number(resourceVersion || "0");
    if (this.latest >= revision) return;
    const waiter = { revision, reached: deferred() };
    this.waiters.add(waiter);
    try {
      await abortable(waiter.reached.promise, signal);
    } finally {
      this.waiters.delete(waiter);
    }
  }

  async run(signal: AbortSignal): Promise<void> {
    // Those who work from the cache run as long as it does, and wait for it meanwhile.
    await reflect(this.client, this.options, this, { ...this.deps, signal: sharedSignal(signal) });
  }

  /** Makes the cache show a list, telling handlers what must have happened meanwhile: deletions first. */
  replace(list: ObjectList<T>): void | Promise<void> {
    if (this.latest < 0 && list.items.length > objectsATurn) return this.fill(list);
    const present = new Set(list.items.map((item) => formatKey(keyOf(item))));
    for (const known of this.cache.all()) if (!present.has(formatKey(keyOf(known)))) this.remove(known);
    for (const item of list.items) this.put(item);
    this.advance(list.resourceVersion);
    this.firstList.resolve();
  }

  /** Takes in a long first list, with turns for others in between: nobody relies on the cache before it is complete. */
  private async fill({ items, resourceVersion }: ObjectList<T>): Promise<void> {
    for (const [index, item] of items.entries()) {
      if (index % objectsATurn === 0) await nextTurn();
      this.put(item);
    }
    this.advance(resourceVersion);
    this.firstList.resolve();
  }

  apply(event: WatchEvent<T>): void {
    if (event.type === "bookmark") {
      this.advance(event.resourceVersion);
      return;
    }
    if (event.type === "deleted") this.remove(event.object);
    else this.put(event.object);
    if (event.continued !== true) this.advance(event.object.metadata.resourceVersion);
  }

  private put(object: Whole<T>): void {
    const key = formatKey(keyOf(object));
    const previous = this.cache.get(key);
    if (previous?.metadata.resourceVersion === object.metadata.resourceVersion) return;
    if (previous !== undefined && previous.metadata.uid !== object.metadata.uid) {
      // Deleted and made anew while nobody looked: another object, of the same name.
      this.remove(previous);
      this.put(object);
      return;
    }
    this.cache.set(key, object);
    this.tell((handler) => (previous === undefined ? handler.added?.(object) : handler.updated?.(object, previous)));
  }

  private remove(object: Whole<T>): void {
    if (this.cache.delete(formatKey(keyOf(object)))) this.tell((handler) => handler.deleted?.(object));
  }

  /** Those that are added meanwhile have seen the cache as it is by now. */
  private tell(what: (handler: InformerHandler<T>) => void): void {
    for (const handler of [...this.handlers]) this.tellOne(handler, what);
  }

  private tellOne(handler: InformerHandler<T>, what: (handler: InformerHandler<T>) => void): void {
    try {
      what(handler);
    } catch (error: unknown) {
      // The cache is others' too: one that cannot deal with an object must not keep them from seeing it.
      if (error instanceof InvariantError) throw error;
      this.deps.log.error("informer's handler failed", { resource: this.client.kind.plural, error });
    }
  }

  private advance(resourceVersion: string): void {
    this.latest = Math.max(this.latest, Number(resourceVersion || "0"));
    for (const waiter of this.waiters) if (waiter.revision <= this.latest) waiter.reached.resolve();
  }
}
