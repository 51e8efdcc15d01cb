import { isApiError, isExpired } from "../api/errors.js";
import { type ApiObject, formatKey, keyOf, type ObjectKey, type Whole } from "../api/object.js";
import { abortable, type Deferred, deferred, sharedSignal } from "../base/abort.js";
import { backoffMs, reconnectBackoff } from "../base/backoff.js";
import type { Clock } from "../base/clock.js";
import type { Log } from "../base/log.js";
import type { Informer, InformerHandler, InformerOptions, ObjectList, ResourceClient, Selection, WatchEvent } from "./contracts.js";
import { ObjectCache } from "./object-cache.js";

export interface InformerDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Numbers in [0, 1) for jitter; Math.random by default. */
  readonly random?: () => number;
}

/** A watch that lived this long was not part of the trouble before it. */
const healthyMs = 60_000;

/** Creates an informer; it is empty until it runs. */
export function createInformer<T extends ApiObject>(
  client: ResourceClient<T>,
  options: InformerOptions<T>,
  deps: InformerDeps,
): Informer<T> {
  return new ListWatchInformer(client, options, deps);
}

/**
 * Invariants: the cache changes only in `replace` and `apply`, which are synchronous and tell every handler of a change
 * before the next one; `latest` is a revision such that the cache shows every change of the selection up to it.
 */
class ListWatchInformer<T extends ApiObject> implements Informer<T> {
  private readonly cache: ObjectCache<T>;
  private readonly handlers: InformerHandler<T>[] = [];
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

  addHandler(handler: InformerHandler<T>): void {
    this.handlers.push(handler);
    for (const object of this.cache.all()) handler.added?.(object);
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
    sharedSignal(signal);
    const { clock, random = Math.random } = this.deps;
    for (let failures = 0; !signal.aborted; ) {
      const startedMs = clock.monotonicMs();
      try {
        await this.listAndWatch(signal);
      } catch (error: unknown) {
        if (signal.aborted) return;
        if (!isApiError(error)) throw error;
        this.report(error, failures);
      }
      failures = clock.monotonicMs() - startedMs >= healthyMs ? 1 : failures + 1;
      // Rejects only because `signal` fired, which the loop's head sees.
      await clock.sleep(backoffMs(failures, reconnectBackoff, random), signal).catch((_aborted: unknown) => undefined);
    }
  }

  private report(error: Error, failures: number): void {
    const fields = { resource: this.client.kind.plural, failures, error };
    if (isExpired(error)) this.deps.log.info("history is gone, listing anew", { resource: this.client.kind.plural });
    else this.deps.log.warn("list or watch failed", fields);
  }

  private async listAndWatch(signal: AbortSignal): Promise<void> {
    const { namespace, labelSelector, fieldSelector } = this.options;
    const selection: Selection = { namespace, labelSelector, fieldSelector };
    const list = await this.client.list({ ...selection, signal });
    this.replace(list);
    const events = this.client.watch({ ...selection, resourceVersion: list.resourceVersion, signal });
    for await (const event of events) this.apply(event);
  }

  /** Makes the cache show a list, telling handlers what must have happened meanwhile: deletions first. */
  private replace(list: ObjectList<T>): void {
    const present = new Set(list.items.map((item) => formatKey(keyOf(item))));
    for (const known of this.cache.all()) if (!present.has(formatKey(keyOf(known)))) this.remove(known);
    for (const item of list.items) this.put(item);
    this.advance(list.resourceVersion);
    this.firstList.resolve();
  }

  private apply(event: WatchEvent<T>): void {
    if (event.type === "bookmark") {
      this.advance(event.resourceVersion);
      return;
    }
    if (event.type === "deleted") this.remove(event.object);
    else this.put(event.object);
    this.advance(event.object.metadata.resourceVersion);
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
    for (const handler of this.handlers) {
      if (previous === undefined) handler.added?.(object);
      else handler.updated?.(object, previous);
    }
  }

  private remove(object: Whole<T>): void {
    if (!this.cache.delete(formatKey(keyOf(object)))) return;
    for (const handler of this.handlers) handler.deleted?.(object);
  }

  private advance(resourceVersion: string): void {
    this.latest = Math.max(this.latest, Number(resourceVersion || "0"));
    for (const waiter of this.waiters) if (waiter.revision <= this.latest) waiter.reached.resolve();
  }
}
