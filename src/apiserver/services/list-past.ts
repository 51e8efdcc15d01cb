import { expired, tooLargeResourceVersion } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { isAbort } from "../../base/abort.js";
import { toCachedObject } from "../../storage/cacher/cached-object.js";
import { facetsOf, inScope } from "../../storage/cacher/facets.js";
import type { CachedObject, Scope } from "../../storage/cacher/interface.js";
import { isCompacted, isFutureRevision } from "../../storage/errors.js";
import type { Listing, ListOptions, Revision, Store } from "../../storage/interface.js";
import { namespacePrefix } from "../../storage/keys.js";
import { translated } from "../objects/store-errors.js";
import { subjectOf } from "../objects/subject.js";
import { formatContinue } from "./continue-token.js";

/** What of a kind is listed. */
export interface ListScope {
  readonly kind: Kind;
  readonly scope: Scope;
  /** At most so many objects; 0 for all. */
  readonly limit: number;
  readonly signal: AbortSignal;
  /** Called between steps; see `createTimeSlice`. */
  readonly pause: () => Promise<void> | undefined;
}

/** Where in the store's history, and after which key of the scope's prefix, a list is read. */
export interface PastPosition {
  /** Undefined for the present. */
  readonly revision: Revision | undefined;
  /** Given by a token; undefined for the beginning. */
  readonly after: string | undefined;
}

/** Objects as of one revision; `remaining` more keys follow, whether a selector matches them or not. */
export interface ListPart {
  readonly objects: readonly CachedObject[];
  readonly revision: Revision;
  readonly remaining: number;
}

// Bounds one answer of the store, and what is decoded in one go.
const pageSize = 500;

/**
 * Lists from the store what the cache, which knows only the present, cannot: the past, and what follows a token.
 *
 * @throws ApiError Expired when history is gone, with a token that goes on all the same if one was given; Timeout when
 * the revision is yet to come
 */
export async function listPast(
  store: Pick<Store, "list">,
  { kind, scope, limit, signal, pause }: ListScope,
  at: PastPosition,
): Promise<ListPart> {
  const prefix = namespacePrefix(kind, scope.namespace);
  const selectsAll = scope.labels.empty && scope.fields.empty;
  const objects: CachedObject[] = [];
  let { revision } = at;
  for (let last = at.after === undefined ? undefined : prefix + at.after; ; ) {
    const listing = await readPage(store, prefix, at, {
      // A selector may match little of a page: small pages would then be many.
      limit: selectsAll && limit > 0 ? Math.min(limit - objects.length, pageSize) : pageSize,
      signal,
      ...(revision === undefined ? {} : { atRevision: revision }),
      ...(last === undefined ? {} : { after: last }),
    });
    revision = listing.revision;
    for (const [index, value] of listing.values.entries()) {
      const object = toCachedObject(kind, value);
      if (selectsAll || inScope(scope, facetsOf(kind, object.object))) objects.push(object);
      if (limit > 0 && objects.length === limit) {
        return { objects, revision, remaining: listing.remaining + listing.values.length - index - 1 };
      }
      const turn = pause();
      if (turn !== undefined) await turn;
    }
    last = listing.values.at(-1)?.key;
    if (listing.remaining === 0 || last === undefined) return { objects, revision, remaining: 0 };
  }
}

async function readPage(store: Pick<Store, "list">, prefix: string, { after }: PastPosition, options: ListOptions): Promise<Listing> {
  try {
    return await store.list(prefix, options);
  } catch (error: unknown) {
    if (isAbort(error)) throw error;
    if (isCompacted(error)) throw after === undefined ? expired(tooOldList) : goOnInconsistently(after);
    // Unlike Kubernetes: a token of another store, or of this one before it was set back, will never be served.
    if (isFutureRevision(error) && after !== undefined) throw expired(foreignToken);
    if (isFutureRevision(error)) throw tooLargeResourceVersion(error.revision, error.current);
    return await translated(subjectOf({ group: "", plural: prefix }, ""), Promise.reject(error));
  }
}

const tooOldList = "The resourceVersion for the provided list is too old.";
const foreignToken = "The provided continue parameter is not of this store. You can start a new list without the continue parameter.";

function goOnInconsistently(after: string): Error {
  const message =
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without " +
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. " +
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or " +
    "deleted between the time the first chunk was returned and now may show up in the list.";
  return expired(message, formatContinue({ revision: undefined, after }));
}
