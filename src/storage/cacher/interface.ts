import type { ApiObject, Whole } from "../../api/object.js";
import type { FieldSelector } from "../../api/selectors/field-selector.js";
import type { LabelSelector } from "../../api/selectors/label-selector.js";
import type { Revision } from "../interface.js";

/** Which objects of a kind a read is about. */
export interface Scope {
  /** "" for all namespaces, and for cluster-scoped kinds. */
  readonly namespace: string;
  readonly labels: LabelSelector;
  readonly fields: FieldSelector;
}

/** One object as cached: its bytes are what Get, List and Watch hand out. */
export interface CachedObject<T extends ApiObject = ApiObject> {
  /** Store key. */
  readonly key: string;
  readonly revision: Revision;
  /** The object's protobuf, resourceVersion spliced in. Shared: never written to. */
  readonly bytes: Uint8Array;
  /** Decoded when it is first asked for. Shared: copy before changing. */
  readonly object: Whole<T>;
}

/** What a list found. */
export interface CachedList<T extends ApiObject = ApiObject> {
  readonly objects: readonly CachedObject<T>[];
  readonly revision: Revision;
  readonly remaining: number;
}

/** How fresh a read must be. */
export type Freshness =
  /** Every write acknowledged before the call is shown. */
  | { readonly kind: "latest" }
  | { readonly kind: "notOlderThan"; readonly revision: Revision }
  /** Whatever the cache has. */
  | { readonly kind: "any" };

export interface WatchOptions {
  /** Changes after this revision; undefined: first the present state as ADDED events. */
  readonly after?: Revision | undefined;
  /** How fresh the present state must be; whatever there is by default. */
  readonly freshness?: Freshness;
  /** End the initial state by a bookmark annotated `k8s.io/initial-events-end`. */
  readonly markInitialEnd: boolean;
  readonly bookmarks: boolean;
  /** When it ends by itself; after a random 30 to 60 minutes by default. */
  readonly timeoutMs?: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * An in-memory image of one kind's objects, kept by one watch of the store, with recent history.
 * Reads and watches at the present cost the store nothing but, for "latest", one shared read of its revision.
 */
export interface WatchCache<T extends ApiObject = ApiObject> {
  /** @throws ApiError ServiceUnavailable when freshness can't be reached in time */
  get(
    key: string,
    freshness: Freshness,
    signal: AbortSignal,
  ): Promise<{ readonly found: CachedObject<T> | undefined; readonly revision: Revision }>;
  /**
   * In key order, at most `limit` of them unless that is 0; `remaining` says how many more objects there are, or, when
   * `scope` selects, may be: 0 surely means none.
   * @throws ApiError ServiceUnavailable; Timeout when a revision asked for is yet to come
   */
  list(scope: Scope, freshness: Freshness, signal: AbortSignal, limit?: number): Promise<CachedList<T>>;
  /**
   * Encoded WatchResponse messages: one Buffer for all watchers of a change, or several changes for one that is behind.
   * All that happened at one revision is in one message.
   * Ends by itself in time, after a last bookmark.
   * @throws ApiError Expired when history after `after` is gone; Timeout when the state cannot be as fresh as asked for;
   * TooManyRequests when the reader falls behind its budget
   */
  watch(scope: Scope, options: WatchOptions): AsyncIterable<Buffer>;
  /** How many objects a list of the scope has to look at now, at most: what it costs. */
  estimate(scope: Scope): number;
  /** Waits, bounded, until the cache is that fresh. @returns whether it is. @throws ApiError ServiceUnavailable when the store does not answer */
  reach(freshness: Freshness, signal: AbortSignal): Promise<boolean>;
  /** Resolves once the first list and the history are read. */
  ready(signal: AbortSignal): Promise<void>;
}
