import { packAnyBytes } from "../../api/codec/any.js";
import { badRequest, expired, isNotFound, timedOut } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { isAbort } from "../../base/abort.js";
import type { GetRequest, GetResponse, ListRequest, ListResponse, WatchRequest } from "../../gen/howbernetes/api/v1/resources.js";
import type { CallContext } from "../../rpc/contracts.js";
import { toCachedObject } from "../../storage/cacher/cached-object.js";
import { inScope } from "../../storage/cacher/change.js";
import type { CachedObject, Scope } from "../../storage/cacher/interface.js";
import { isCompacted, isFutureRevision } from "../../storage/errors.js";
import type { Revision } from "../../storage/interface.js";
import { namespacePrefix } from "../../storage/keys.js";
import { translated } from "../objects/store-errors.js";
import { subjectOf } from "../objects/subject.js";
import { formatContinue, parseContinue } from "./continue-token.js";
import { scopeAction, scopeOf } from "./request-scope.js";
import { freshnessOf, parseVersion } from "./request-version.js";
import { keyOfRequest, kindOfType } from "./resource-type.js";
import type { ResourcesDeps } from "./resources-deps.js";
import { readableSubresourceOf } from "./subresource.js";

/** Returns one object. */
export async function getResource(deps: ResourcesDeps, request: GetRequest, call: CallContext): Promise<GetResponse> {
  const kind = kindOfType(request.type);
  const key = keyOfRequest(kind, request);
  const { subresource } = request;
  const { pack } = readableSubresourceOf(kind, subresource);
  const found = await deps.objects.get(kind, key, freshnessOf(request.resourceVersion), call.signal).catch((error: unknown) => {
    if (isNotFound(error)) deps.authorizeAbsent(call.caller, { verb: "get", kind, ...key, subresource });
    throw error;
  });
  deps.authorize(call.caller, { verb: "get", kind, ...key, subresource, object: found.object });
  return { object: pack(found) };
}

/** Streams a scope's state, changes, or both; see Resources.Watch. */
export async function* watchResources(deps: ResourcesDeps, request: WatchRequest, call: CallContext): AsyncGenerator<Buffer> {
  const kind = kindOfType(request.type);
  const scope = scopeOf(kind, request);
  deps.authorize(call.caller, scopeAction("watch", kind, scope));
  const { resourceVersion, sendInitialEvents, allowBookmarks } = request;
  const cache = deps.caches.of(kind);
  const wantsState = sendInitialEvents || resourceVersion === "" || resourceVersion === "0";
  if (wantsState) await cache.reach(freshnessOf(resourceVersion), call.signal);
  yield* cache.watch(scope, {
    ...(wantsState ? {} : { after: parseVersion(resourceVersion) }),
    markInitialEnd: sendInitialEvents,
    bookmarks: allowBookmarks,
    signal: call.signal,
  });
}

/** Returns the objects of a scope, in pages if asked. */
export async function listResources(deps: ResourcesDeps, request: ListRequest, call: CallContext): Promise<ListResponse> {
  const kind = kindOfType(request.type);
  const scope = scopeOf(kind, request);
  deps.authorize(call.caller, scopeAction("list", kind, scope));
  const limit = Math.max(0, request.limit);
  const page = { kind, scope, limit, signal: call.signal };
  if (request.continue !== "") {
    if (request.resourceVersion !== "" && request.resourceVersion !== "0") {
      throw badRequest("specifying resource version is not allowed when using continue");
    }
    const { revision, after } = parseContinue(request.continue);
    return listAt(deps, page, revision, after);
  }
  if (isExact(request)) return listAt(deps, page, parseVersion(request.resourceVersion), undefined);
  const { objects, revision } = await deps.caches.of(kind).list(scope, freshnessOf(request.resourceVersion), call.signal);
  if (limit === 0 || objects.length <= limit) return response(page, objects, revision, 0);
  return response(page, objects.slice(0, limit), revision, objects.length - limit);
}

interface Page {
  readonly kind: Kind;
  readonly scope: Scope;
  readonly limit: number;
  readonly signal: AbortSignal;
}

function isExact({ resourceVersion, resourceVersionMatch }: ListRequest): boolean {
  switch (resourceVersionMatch) {
    case "":
    case "NotOlderThan":
      return false;
    case "Exact":
      if (resourceVersion !== "" && resourceVersion !== "0") return true;
      throw badRequest("resourceVersionMatch Exact is forbidden without a resourceVersion other than 0");
    default:
      throw badRequest(`resourceVersionMatch: Unsupported value: ${JSON.stringify(resourceVersionMatch.slice(0, 100))}`);
  }
}

/** A page of the past, from the store: the cache knows only the present. */
async function listAt(deps: ResourcesDeps, page: Page, revision: Revision, after: string | undefined): Promise<ListResponse> {
  const { kind, scope, limit, signal } = page;
  const prefix = namespacePrefix(kind, scope.namespace);
  const found: CachedObject[] = [];
  for (let last = after === undefined ? undefined : prefix + after; ; ) {
    const listing = await readPage(deps, prefix, {
      limit: limit || pageSize,
      atRevision: revision,
      signal,
      ...(last === undefined ? {} : { after: last }),
    });
    for (const [index, value] of listing.values.entries()) {
      const object = toCachedObject(kind, value);
      if (inScope(scope, object)) found.push(object);
      if (limit > 0 && found.length === limit)
        return response(page, found, revision, listing.remaining + listing.values.length - index - 1);
    }
    last = listing.values.at(-1)?.key;
    if (listing.remaining === 0 || last === undefined) return response(page, found, revision, 0);
  }
}

// Bounds one answer of the store.
const pageSize = 500;

async function readPage(
  deps: ResourcesDeps,
  prefix: string,
  options: { readonly limit: number; readonly atRevision: Revision; readonly after?: string; readonly signal: AbortSignal },
) {
  try {
    return await deps.store.list(prefix, options);
  } catch (error: unknown) {
    if (isAbort(error)) throw error;
    // Only a token names a place to go on from: it is of another store, or of this one before it was set back.
    if (isFutureRevision(error) && options.after !== undefined)
      throw expired("The provided continue parameter is not of this store: list anew.");
    if (isFutureRevision(error)) throw timedOut(`Too large resource version: ${error.revision}, current: ${error.current}`);
    if (isCompacted(error)) throw expired("The provided continue parameter is too old to display a consistent list result: list anew.");
    return await translated(subjectOf({ group: "", plural: prefix }, ""), Promise.reject(error));
  }
}

function response({ kind, scope }: Page, objects: readonly CachedObject[], revision: Revision, remaining: number): ListResponse {
  const prefix = namespacePrefix(kind, scope.namespace);
  const last = objects.at(-1);
  const selects = !scope.labels.empty || !scope.fields.empty;
  return {
    resourceVersion: String(revision),
    continue: remaining > 0 && last !== undefined ? formatContinue({ revision, after: last.key.slice(prefix.length) }) : "",
    // What of the rest a selector would match is not known.
    remainingItemCount: remaining > 0 && !selects ? remaining : undefined,
    items: objects.map(({ bytes }) => packAnyBytes(kind, bytes)),
  };
}
