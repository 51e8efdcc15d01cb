import type { Kind } from "../api/kinds/kind.js";
import type { ApiObject, ObjectKey, Whole } from "../api/object.js";
import type { CachedObject, Freshness } from "../storage/cacher/interface.js";
import type { Guard } from "../storage/interface.js";

export interface MutateOptions {
  readonly signal: AbortSignal;
  /** The object must still have this uid. @throws ApiError Conflict */
  readonly uid?: string | undefined;
  /** The object must be at this resourceVersion; then a lost race is a Conflict instead of a retry. */
  readonly ifResourceVersion?: string | undefined;
  /** Further conditions of the write, a leader's fence among them. @throws ApiError Conflict */
  readonly guards?: readonly Guard[];
  /** What is written along with the object, in one transaction: keys that nobody else writes. */
  readonly also?: (written: Whole<ApiObject>) => readonly { readonly key: string; readonly value: Uint8Array }[];
  /** Do everything but write; the result is what would have been stored, at the present resourceVersion. */
  readonly dryRun?: boolean;
}

/**
 * Objects over bytes: what the api-server's services read and write through. Every write is compare-and-swap; one
 * that yields the same bytes is not written. Rules of the kind (defaults, validation) are the caller's affair.
 */
export interface ObjectStore {
  /** @throws ApiError NotFound */
  get<T extends ApiObject>(kind: Kind<T>, key: ObjectKey, freshness: Freshness, signal: AbortSignal): Promise<CachedObject<T>>;
  /** All of a kind in a namespace ("" for all), from the cache. */
  list<T extends ApiObject>(
    kind: Kind<T>,
    namespace: string,
    freshness: Freshness,
    signal: AbortSignal,
  ): Promise<readonly CachedObject<T>[]>;
  /** @throws ApiError AlreadyExists */
  create<T extends ApiObject>(
    kind: Kind<T>,
    object: Whole<T>,
    options: {
      readonly signal: AbortSignal;
      readonly guards?: readonly Guard[];
      readonly also?: readonly { key: string; value: Uint8Array }[];
      /** Do everything but write; the result has no resourceVersion. */
      readonly dryRun?: boolean;
    },
  ): Promise<CachedObject<T>>;
  /**
   * Hands a draft of the present object to `change`, stores what it made of it, and starts over from a fresh read when
   * another write came between. `change` may run several times; it returns false, or changes nothing, to write nothing,
   * and throws an ApiError to refuse.
   * @throws ApiError NotFound, Conflict
   */
  mutate<T extends ApiObject>(
    kind: Kind<T>,
    key: ObjectKey,
    change: (draft: Whole<T>, current: CachedObject<T>) => boolean | undefined | Promise<boolean | undefined>,
    options: MutateOptions,
  ): Promise<CachedObject<T>>;
  /** Removes the object from the store at once, whatever its finalizers. @returns it as it was last. @throws ApiError NotFound, Conflict */
  remove<T extends ApiObject>(kind: Kind<T>, key: ObjectKey, options: MutateOptions): Promise<CachedObject<T>>;
}
