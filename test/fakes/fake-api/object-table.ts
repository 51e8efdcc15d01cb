import { encodeObject } from "../../../src/api/codec/encode.js";
import { decodeWhole } from "../../../src/api/codec/whole.js";
import type { Kind } from "../../../src/api/kinds/kind.js";
import { type ApiObject, formatKey, keyOf, type ObjectKey, type Whole } from "../../../src/api/object.js";
import { type Deferred, deferred } from "../../../src/base/abort.js";

/** One change of an object, as every watcher sees it. */
export interface Change<T extends ApiObject> {
  readonly revision: number;
  /** Undefined when the change deleted it. */
  readonly object: Whole<T> | undefined;
  readonly previous: Whole<T> | undefined;
}

/** The objects of one kind and all that ever happened to them, in memory. */
export class ObjectTable<T extends ApiObject> {
  readonly changes: Change<T>[] = [];
  private readonly objects = new Map<string, Whole<T>>();
  private news: Deferred<void> = deferred();
  private held = false;

  constructor(
    readonly kind: Kind<T>,
    private readonly nextRevision: () => number,
    private readonly onChange: () => void,
  ) {}

  get(key: ObjectKey): Whole<T> | undefined {
    return this.objects.get(formatKey(key));
  }

  /** In key order. */
  all(): readonly Whole<T>[] {
    return [...this.objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  /** Stores what is given, by way of its encoding, as the real store does. An object equal to the present one changes nothing. */
  put(draft: Whole<T>): Whole<T> {
    const key = formatKey(keyOf(draft));
    const previous = this.objects.get(key);
    const encoded = this.encode(draft);
    if (previous !== undefined && this.encode(previous).equals(encoded)) return previous;
    const revision = this.nextRevision();
    const object = decodeWhole(this.kind, encoded);
    object.metadata.resourceVersion = String(revision);
    this.objects.set(key, object);
    this.tell({ revision, object, previous });
    return object;
  }

  remove(key: ObjectKey): Whole<T> | undefined {
    const previous = this.objects.get(formatKey(key));
    if (previous === undefined) return undefined;
    this.objects.delete(formatKey(key));
    this.tell({ revision: this.nextRevision(), object: undefined, previous });
    return previous;
  }

  /** A copy that its caller may change. */
  draft(object: Whole<T>): Whole<T> {
    return structuredClone(object);
  }

  /** From here on watchers see nothing new, until `release`. */
  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.wakeWatchers();
  }

  /** How many changes a watcher may see by now. */
  visible(seen: number): number {
    return this.held ? seen : this.changes.length;
  }

  /** Resolves when there may be more to see. */
  get more(): Promise<void> {
    return this.news.promise;
  }

  private encode(object: Whole<T>): Buffer {
    const metadata = { ...object.metadata, resourceVersion: undefined };
    return encodeObject<T>(this.kind, { ...object, metadata } as unknown as T);
  }

  private tell(change: Change<T>): void {
    this.changes.push(change);
    this.wakeWatchers();
    this.onChange();
  }

  private wakeWatchers(): void {
    const { news } = this;
    this.news = deferred();
    news.resolve();
  }
}
