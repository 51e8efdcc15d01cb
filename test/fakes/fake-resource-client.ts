import { alreadyExists, conflict, type ErrorSubject, expired, notFound } from "../../src/api/errors.js";
import type { Kind } from "../../src/api/kinds/kind.js";
import { type ApiObject, formatKey, keyOf, type ObjectKey, type Whole } from "../../src/api/object.js";
import { abortError, throwIfAborted } from "../../src/base/abort.js";
import type {
  ListCallOptions,
  ObjectList,
  PatchKind,
  ResourceClient,
  WatchCallOptions,
  WatchEvent,
  WriteCallOptions,
} from "../../src/client/contracts.js";

type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete";
type Change<T extends ApiObject> = Extract<WatchEvent<T>, { object: Whole<T> }>;

/**
 * One kind's objects, kept as an api-server keeps them: revisions, compare-and-swap, watches from any revision that is
 * still in the history. Merge patches of top-level fields only; other patches and selectors other than by name throw.
 */
export class FakeResourceClient<T extends ApiObject> implements ResourceClient<T> {
  /** Every call, as "update kube-system/scheduler". */
  readonly calls: string[] = [];
  private readonly objects = new Map<string, Whole<T>>();
  private readonly history: { readonly revision: number; readonly change: Change<T> }[] = [];
  private readonly failures: { readonly verb: Verb; readonly error: Error }[] = [];
  private readonly watchers = new Set<() => void>();
  private revision = 100;
  private compacted = 0;
  private streamGeneration = 0;
  private hanging = false;

  constructor(readonly kind: Kind<T>) {}

  /** The next call of that verb fails with `error`. */
  failNext(verb: Verb, error: Error): void {
    this.failures.push({ verb, error });
  }

  /** Until `false` is set again, calls wait for ever, as when packets are dropped; watches show nothing. */
  set unreachable(hanging: boolean) {
    this.hanging = hanging;
    this.wake();
  }

  /** Forgets the history: watches from before now are Expired. */
  compact(): void {
    this.compacted = this.revision;
    this.history.length = 0;
  }

  /** Ends every watch with `error`. */
  breakWatches(error: Error): void {
    for (let open = this.watchers.size; open > 0; open -= 1) this.failNext("watch", error);
    this.streamGeneration += 1;
    this.wake();
  }

  /** Puts an object there as somebody else would. */
  put(object: Whole<T>): Whole<T> {
    const key = formatKey(keyOf(object));
    return this.store(key, object, this.objects.has(key) ? "modified" : "added");
  }

  /** Takes an object away as somebody else would. */
  remove(key: ObjectKey): void {
    const text = formatKey(key);
    const present = this.objects.get(text);
    if (present === undefined) throw new Error(`nothing at ${text}`);
    this.objects.delete(text);
    this.record("deleted", present);
  }

  peek(key: ObjectKey): Whole<T> | undefined {
    return this.objects.get(formatKey(key));
  }

  get resourceVersion(): string {
    return String(this.revision);
  }

  async get(key: ObjectKey, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Whole<T>> {
    await this.begin("get", key, options.signal);
    return this.existing(key);
  }

  async list(options: ListCallOptions = {}, keep = (object: Whole<T>): Whole<T> => object): Promise<ObjectList<T>> {
    await this.begin("list", { namespace: options.namespace ?? "", name: "" }, options.signal);
    const items = [...this.objects.values()].filter((object) => this.selected(object, options));
    return { items: items.map(keep), resourceVersion: this.resourceVersion };
  }

  async *watch(options: WatchCallOptions): AsyncGenerator<WatchEvent<T>> {
    const { signal } = options;
    await this.begin("watch", { namespace: options.namespace ?? "", name: "" }, signal);
    let cursor = Number(options.resourceVersion ?? this.revision);
    if (cursor < this.compacted) throw expired();
    if (options.resourceVersion === undefined) {
      for (const object of [...this.objects.values()]) if (this.selected(object, options)) yield { type: "added", object };
      yield { type: "bookmark", resourceVersion: String(cursor), initialEnd: true };
    }
    const generation = this.streamGeneration;
    for (;;) {
      await this.untilChange(() => this.broken(generation) || (!this.hanging && this.revision > cursor), signal);
      if (this.broken(generation)) {
        throw this.takeFailure("watch") ?? expired();
      }
      const news = this.history.filter(({ revision }) => revision > cursor);
      for (const { revision, change } of news) {
        cursor = revision;
        if (this.selected(change.object, options)) yield change;
      }
    }
  }

  async create(object: T, options: WriteCallOptions = {}): Promise<Whole<T>> {
    const whole = object as Whole<T>;
    await this.begin("create", keyOf(whole), options.signal);
    const key = formatKey(keyOf(whole));
    if (this.objects.has(key)) throw alreadyExists(this.subject(whole.metadata.name));
    const uid = whole.metadata.uid === "" ? `uid-${this.revision + 1}` : whole.metadata.uid;
    return this.store(key, { ...whole, metadata: { ...whole.metadata, uid } }, "added");
  }

  async update(object: T, options: WriteCallOptions = {}): Promise<Whole<T>> {
    const whole = object as Whole<T>;
    await this.begin("update", keyOf(whole), options.signal);
    const present = this.existing(keyOf(whole));
    const { resourceVersion } = whole.metadata;
    if (resourceVersion !== "" && resourceVersion !== present.metadata.resourceVersion) throw conflict(this.subject(whole.metadata.name));
    return this.store(formatKey(keyOf(whole)), whole, "modified");
  }

  async updateStatus(object: T, options: WriteCallOptions = {}): Promise<Whole<T>> {
    return await this.update(object, options);
  }

  async apply(): Promise<Whole<T>> {
    throw new Error("unscripted apply");
  }

  async page(): Promise<never> {
    throw new Error("unscripted page");
  }

  async deleteCollection(): Promise<never> {
    throw new Error("unscripted deleteCollection");
  }

  async getScale(): Promise<never> {
    throw new Error("unscripted getScale");
  }

  async updateScale(): Promise<never> {
    throw new Error("unscripted updateScale");
  }

  async patch(key: ObjectKey, type: PatchKind, patch: unknown, options: WriteCallOptions = {}): Promise<Whole<T>> {
    await this.begin("patch", key, options.signal);
    if (type !== "merge") throw new Error(`unscripted patch type ${type}`);
    return this.store(formatKey(key), { ...this.existing(key), ...(patch as Partial<Whole<T>>) }, "modified");
  }

  async delete(key: ObjectKey): Promise<{ readonly object: Whole<T>; readonly deleted: boolean }> {
    await this.begin("delete", key, undefined);
    const object = this.existing(key);
    this.remove(key);
    return { object, deleted: true };
  }

  private async begin(verb: Verb, key: ObjectKey, signal: AbortSignal | undefined): Promise<void> {
    this.calls.push(`${verb} ${formatKey(key)}`.trim());
    if (signal !== undefined) throwIfAborted(signal);
    const failure = this.takeFailure(verb);
    if (failure !== undefined) throw failure;
    await this.untilChange(() => !this.hanging, signal ?? new AbortController().signal);
  }

  private takeFailure(verb: Verb): Error | undefined {
    const index = this.failures.findIndex((failure) => failure.verb === verb);
    return index < 0 ? undefined : this.failures.splice(index, 1)[0]?.error;
  }

  private existing(key: ObjectKey): Whole<T> {
    const present = this.objects.get(formatKey(key));
    if (present === undefined) throw notFound(this.subject(key.name));
    return present;
  }

  private store(key: string, object: Whole<T>, type: "added" | "modified"): Whole<T> {
    const stored = this.record(type, object);
    this.objects.set(key, stored);
    return stored;
  }

  private record(type: Change<T>["type"], object: Whole<T>): Whole<T> {
    this.revision += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.revision) } };
    this.history.push({ revision: this.revision, change: { type, object: stored } });
    this.wake();
    return stored;
  }

  private selected(object: Whole<T>, { namespace = "", fieldSelector = "", labelSelector = "" }: ListCallOptions): boolean {
    if (labelSelector !== "") throw new Error(`unscripted label selector ${labelSelector}`);
    const [field, name] = fieldSelector.split("=");
    if (fieldSelector !== "" && field !== "metadata.name") throw new Error(`unscripted field selector ${fieldSelector}`);
    return (namespace === "" || object.metadata.namespace === namespace) && (fieldSelector === "" || object.metadata.name === name);
  }

  private subject(name: string): ErrorSubject {
    return { group: this.kind.group, kind: this.kind.plural, name };
  }

  private broken(generation: number): boolean {
    return this.streamGeneration !== generation;
  }

  private wake(): void {
    for (const check of [...this.watchers]) check();
  }

  private untilChange(holds: () => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (settle: () => void): void => {
        this.watchers.delete(check);
        signal.removeEventListener("abort", onAbort);
        settle();
      };
      const check = (): void => {
        if (holds()) finish(resolve);
      };
      const onAbort = (): void => finish(() => reject(abortError(signal)));
      if (signal.aborted) {
        reject(abortError(signal));
        return;
      }
      this.watchers.add(check);
      signal.addEventListener("abort", onAbort, { once: true });
      check();
    });
  }
}
