import type { Kind } from "../api/kinds/kind.js";
import type { ApiObject, ObjectKey, Whole } from "../api/object.js";
import type { Scale } from "../gen/howbernetes/autoscaling/v1/scale.js";
import type { DeleteOptions } from "../gen/howbernetes/meta/v1/options.js";

/** Which objects of a kind a call is about. */
export interface Selection {
  /** Absent or "": all namespaces. */
  readonly namespace?: string | undefined;
  /** As in `kubectl -l`. */
  readonly labelSelector?: string | undefined;
  /** As in `kubectl --field-selector`. */
  readonly fieldSelector?: string | undefined;
}

/** Objects of one kind, as they were at one revision. */
export interface ObjectList<T extends ApiObject> {
  readonly items: readonly Whole<T>[];
  /** A watch from here misses nothing. */
  readonly resourceVersion: string;
}

/**
 * A change, or a bookmark: nothing up to its resourceVersion is missing. Changes that were stored together share a
 * resourceVersion: of all but the last of them it is `continued`, and who stops there has not seen all of it.
 */
export type WatchEvent<T extends ApiObject> =
  | { readonly type: "added" | "modified" | "deleted"; readonly object: Whole<T>; readonly continued?: true }
  | { readonly type: "bookmark"; readonly resourceVersion: string; readonly initialEnd: boolean };

/** How fresh a read has to be. */
export interface Freshness {
  /** Absent or "": as fresh as the store. "0": whatever the server has cached. Otherwise no older than this one. */
  readonly resourceVersion?: string | undefined;
}

/** How one object is to be read. */
export interface GetCallOptions extends Freshness {
  readonly signal?: AbortSignal | undefined;
}

/** Which objects are to be listed, and how. */
export interface ListCallOptions extends Selection, Freshness {
  /** "Exact" wants the list as it was at `resourceVersion`; "NotOlderThan" is the default without pages. */
  readonly resourceVersionMatch?: "Exact" | "NotOlderThan" | undefined;
  /** Objects a page, 500 by default; 0 asks for all at once. */
  readonly pageSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Which page of a list is wanted; `pagesOf` goes through all of them. */
export interface PageCallOptions extends ListCallOptions {
  /** The `continueToken` of the page before; absent for the first. */
  readonly continueToken?: string | undefined;
}

/** A part of a list. All pages show one revision. */
export interface ObjectPage<T extends ApiObject> extends ObjectList<T> {
  /** Asks for the next page; "" on the last. */
  readonly continueToken: string;
  /** How many objects follow, where the server knows: not with a selector. */
  readonly remainingItemCount: number | undefined;
}

/** Which changes are to be watched, from when on, and until when. */
export interface WatchCallOptions extends Selection {
  /** Changes after this one; absent: first the present state, ended by a bookmark with `initialEnd`. */
  readonly resourceVersion?: string | undefined;
  readonly signal: AbortSignal;
}

/** How a write is to be made. */
export interface WriteCallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Everything but the write itself: defaults, admission, validation. */
  readonly dryRun?: boolean | undefined;
  /** Who is named as having set the fields; the client's own name by default. */
  readonly fieldManager?: string | undefined;
}

/** Of writes whose body is JSON: patches and configurations. */
export interface JsonWriteCallOptions extends WriteCallOptions {
  /** What becomes of fields that the kind does not have: refused ("Strict", the default), dropped with a warning, or dropped. */
  readonly fieldValidation?: "Strict" | "Warn" | "Ignore" | undefined;
}

/** How a patch is to be made, and of what. */
export interface PatchCallOptions extends JsonWriteCallOptions {
  /** "status" or "scale"; the object itself by default. */
  readonly subresource?: string | undefined;
}

/** How something is to be deleted. */
export interface DeleteCallOptions {
  /** Grace period, preconditions, what becomes of dependents. */
  readonly options?: Partial<DeleteOptions> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How a configuration is to be applied. */
export interface ApplyCallOptions extends JsonWriteCallOptions {
  /** Take over what others own with other values, instead of Conflict. */
  readonly force?: boolean | undefined;
  /** "status" or "scale"; the object itself by default. */
  readonly subresource?: string | undefined;
}

/** The language of a patch: RFC 6902, RFC 7386, or Kubernetes' own, which merges lists by their keys. */
export type PatchKind = "json" | "merge" | "strategic";

/**
 * Typed access to one kind. Errors are ApiErrors (`isNotFound`, `isConflict` …). Reads and, because every write is
 * conditional, writes too, are retried while the server cannot be reached, within the call's deadline of 30 s.
 */
export interface ResourceClient<T extends ApiObject> {
  readonly kind: Kind<T>;
  /** @throws ApiError NotFound */
  get(key: ObjectKey, options?: GetCallOptions): Promise<Whole<T>>;
  /** All of them, fetched in pages of one revision. Of each, what `keep` makes of it as its page comes: see `InformerOptions`. */
  list(options?: ListCallOptions, keep?: (object: Whole<T>) => Whole<T>): Promise<ObjectList<T>>;
  /**
   * One page. @throws ApiError Expired when the pages' revision is gone, with a `continueToken` for the rest as it is now
   */
  page(options?: PageCallOptions): Promise<ObjectPage<T>>;
  /**
   * Changes without gap, repeat or reordering, through disconnects and server changes, until `signal` fires.
   * @throws ApiError Expired when the history needed to go on is gone: list anew
   */
  watch(options: WatchCallOptions): AsyncIterable<WatchEvent<T>>;
  /** @throws ApiError AlreadyExists, Invalid, Forbidden, NotFound (namespace) */
  create(object: T, options?: WriteCallOptions): Promise<Whole<T>>;
  /** @throws ApiError Conflict when the object's resourceVersion, if set, is stale */
  update(object: T, options?: WriteCallOptions): Promise<Whole<T>>;
  /** Writes the status alone. */
  updateStatus(object: T, options?: WriteCallOptions): Promise<Whole<T>>;
  /** @throws ApiError Conflict when the patch names a resourceVersion that is stale; NotFound, Invalid */
  patch(key: ObjectKey, type: PatchKind, patch: unknown, options?: PatchCallOptions): Promise<Whole<T>>;
  /**
   * Server-side apply: makes the object have what `configuration` (its JSON) says, creating it if there is none, and
   * removes what this manager applied before and leaves out now.
   * @throws ApiError Conflict with a cause for each field that another manager owns with another value
   */
  apply(key: ObjectKey, configuration: object, options?: ApplyCallOptions): Promise<Whole<T>>;
  /**
   * @returns the object as it was, with the resourceVersion of its deletion; or as it is, if it still has to be finished with
   * @throws ApiError NotFound; Conflict when a precondition does not hold
   */
  delete(key: ObjectKey, options?: DeleteCallOptions): Promise<{ readonly object: Whole<T>; readonly deleted: boolean }>;
  /** Deletes each object of a selection, one by one. @returns those objects, each as `delete` returns it */
  deleteCollection(selection: Selection, options?: DeleteCallOptions): Promise<readonly Whole<T>[]>;
  /** The object's number of replicas, wanted and counted. @throws ApiError NotFound when there is no object, or its kind does not scale */
  getScale(key: ObjectKey, options?: GetCallOptions): Promise<Whole<Scale>>;
  /** Sets the number wanted, `spec.replicas`. @throws ApiError Conflict when the Scale's resourceVersion, if set, is stale */
  updateScale(key: ObjectKey, scale: Scale, options?: WriteCallOptions): Promise<Whole<Scale>>;
}

/** How a pod is to be evicted. */
export interface EvictCallOptions {
  /** How the pod is deleted then: grace period, preconditions, dry run. */
  readonly options?: Partial<DeleteOptions>;
  readonly signal?: AbortSignal | undefined;
}

/** The connection to a cluster. */
export interface ApiClient {
  of<T extends ApiObject>(kind: Kind<T>): ResourceClient<T>;
  /**
   * Gives a pod its node. With `scheduler`, who chose it, the Event that says so is written together with the binding.
   * @throws ApiError Conflict when the pod has a node, or is not the one meant
   */
  bind(pod: Whole<ApiObject>, nodeName: string, signal?: AbortSignal, scheduler?: string): Promise<{ readonly resourceVersion: string }>;
  /**
   * Deletes a pod, if the PodDisruptionBudget that selects it allows so. A budget's refusal is not retried.
   * @throws ApiError TooManyRequests that `isOverBudget`, NotFound, Conflict when a precondition does not hold
   */
  evict(pod: ObjectKey, options?: EvictCallOptions): Promise<void>;
  /** Metadata that goes with every call from here on (a leader's fence). */
  withMetadata(metadata: Readonly<Record<string, string>>): ApiClient;
  /** Ends its watches with an abort error; no call is made any more. */
  close(): Promise<void>;
}

/**
 * What a cache of one kind tells those who work from it. All are called one after the other, when the cache shows the
 * change already. They must not block; what has to wait goes into a work queue. One that throws is logged, and neither
 * stops the cache nor keeps others from being told; only an InvariantError ends the informer.
 */
export interface InformerHandler<T extends ApiObject> {
  added?(object: Whole<T>): void;
  /** `previous` is what this handler was told last. */
  updated?(object: Whole<T>, previous: Whole<T>): void;
  /** The object as it was last, as far as that was seen. */
  deleted?(object: Whole<T>): void;
}

/** Reads of an informer's cache; what they return is shared and must not be changed. */
export interface Lister<T extends ApiObject> {
  get(key: ObjectKey): Whole<T> | undefined;
  list(namespace?: string): readonly Whole<T>[];
  /** Objects for which the index function of that name gave `value`. @throws InvariantError when there is no such index */
  byIndex(index: string, value: string): readonly Whole<T>[];
}

/** Index functions by name: each gives the values under which an object is found, and must follow from the object alone. */
export type IndexFunctions<T extends ApiObject> = Readonly<Record<string, (object: Whole<T>) => readonly string[]>>;

/**
 * A cache of a selection of one kind, kept by list and watch (`reflector.ts`). Guarantees:
 * - each handler is told of every object `added`, then any number of times `updated`, then `deleted`, in the order in
 *   which these happened; of several states in quick succession a relist alone may leave some out, never the last;
 * - an object that was deleted and made anew under its name is `deleted` and `added`, never `updated`, for it is
 *   another one (unlike client-go's);
 * - what was missed because the server's history was gone is made up for by a relist: deletions are told, with the
 *   object as it was last seen;
 * - nothing is told twice, and there is no resync: a handler that failed is not called again for the same change, which
 *   is what a work queue's retries are for;
 * - the cache and its indexes change together, and never while a handler or a reader is at work;
 * - reads never wait, and from `synced` on show a state that the cluster was in, if not the latest: `reached` waits for a
 *   later one.
 */
export interface Informer<T extends ApiObject> extends Lister<T> {
  /**
   * Adds a handler; it is told `added` for what is there already, before this returns. The returned function takes it
   * away again.
   */
  addHandler(handler: InformerHandler<T>): () => void;
  /** Adds index functions, at any time. @throws InvariantError when another index has one's name */
  addIndexes(indexes: IndexFunctions<T>): void;
  /** Lists and watches until `signal` fires; rejects only on a programming error. Called once. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves after the first list, when every handler has been told of it. */
  synced(signal: AbortSignal): Promise<void>;
  /**
   * Resolves once the cache shows `resourceVersion` or something later: waiting for one's own write. For a quiet kind
   * that is when the next bookmark comes, after 10 s at most.
   */
  reached(resourceVersion: string, signal: AbortSignal): Promise<void>;
}

/** What an informer caches, and how it is found there. */
export interface InformerOptions<T extends ApiObject> extends Selection {
  readonly indexes?: IndexFunctions<T>;
  /**
   * What the cache, its indexes and handlers get to see of an object, which may then be dropped: for caches of a great
   * many objects of which little is read. It must keep the metadata but for annotations, finalizers and managedFields;
   * what it drops must not be sent back in an update. Kubernetes' transform functions.
   */
  readonly keep?: ((object: Whole<T>) => Whole<T>) | undefined;
}

/** What a reconcile ends with; a throw means retry with backoff, a TerminalError means wait for a change. */
export interface Result {
  /** Reconcile again after this long, without it being an error. */
  readonly requeueAfterMs?: number;
}

/** Makes the world as one object says; called by key, and never twice at once for one key. */
export interface Reconciler {
  reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result>;
}

/**
 * Records Events. Best effort: never throws, never waits, and loses rather than floods. Kubernetes' rules:
 * - identical ones within ten minutes are one Event with a growing count;
 * - from the tenth on that differ from one another in their message alone, within ten minutes, they are one Event
 *   "(combined from similar events): …" with the last message and a growing count;
 * - about one object, one source writes 25 times at once and then once every five minutes; what happens in between is
 *   in the next count.
 */
export interface EventRecorder {
  event(about: EventSubject, type: "Normal" | "Warning", reason: string, message: string): void;
}

/** What an Event is about. */
export interface EventSubject {
  readonly kind: Kind;
  readonly object: Whole<ApiObject>;
  /** As "spec.containers{web}". */
  readonly fieldPath?: string;
}
