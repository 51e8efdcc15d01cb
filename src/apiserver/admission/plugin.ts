import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import type { Store, WriteOptions } from "../../storage/interface.js";
import type { ObjectStore } from "../object-store.js";

/** What plugins decide from. */
export interface AdmissionDeps {
  readonly objects: Pick<ObjectStore, "get" | "list">;
  readonly store: Pick<Store, "get">;
  /** Wall-clock time. */
  readonly nowMs: () => number;
}

/** A new object on its way in. */
export interface Creation {
  readonly kind: Kind;
  /** "" for cluster-scoped kinds. */
  readonly namespace: string;
  /** Completed by `complete`, only looked at by `judge`. */
  readonly draft: Whole<ApiObject>;
  /** The first try may build on what is cached; one after another that failed must look at the store. */
  readonly isRetry: boolean;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Lays down conditions, and further writes, of the write that follows. */
  require(conditions: WriteOptions): void;
  /** Runs `end` once the write has happened, or has come to nothing. */
  atEnd(end: () => void): void;
}

/** A change of an object on its way in. */
export interface Alteration {
  readonly kind: Kind;
  readonly subresource: string;
  readonly draft: Whole<ApiObject>;
  readonly previous: Whole<ApiObject>;
  readonly signal: AbortSignal;
}

/**
 * A rule about what may be written that looks beyond the object itself. `complete` methods come first, of all plugins in
 * their order, and may change the draft; then the object is validated; `judge` methods come last and only look.
 * All may be called several times for one request, with a new draft each time, and throw an ApiError to refuse.
 */
export interface AdmissionPlugin {
  /** As Kubernetes calls it. */
  readonly name: string;
  /** Kinds that it reads from the cache: whoever writes one is answered only when that holds for what follows. */
  readonly reads?: readonly Kind[];
  completeCreate?(creation: Creation, deps: AdmissionDeps): Promise<void> | void;
  judgeCreate?(creation: Creation, deps: AdmissionDeps): Promise<void> | void;
  completeUpdate?(alteration: Alteration, deps: AdmissionDeps): Promise<void> | void;
  judgeUpdate?(alteration: Alteration, deps: AdmissionDeps): Promise<void> | void;
}
