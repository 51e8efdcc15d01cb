import { isNotFound } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { unreachable } from "../../base/invariant.js";
import type { GetRequest, GetResponse, ListRequest, ListResponse, WatchRequest } from "../../gen/howbernetes/api/v1/resources.js";
import type { CallContext } from "../../rpc/contracts.js";
import type { Scope } from "../../storage/cacher/interface.js";
import { createTimeSlice } from "../../storage/cacher/time-slice.js";
import { namespacePrefix } from "../../storage/keys.js";
import type { Action } from "../auth/authorize.js";
import { dependsOnPods, withPodNaming } from "../auth/pod-naming.js";
import { formatContinue } from "./continue-token.js";
import { encodeList } from "./list-encoder.js";
import { type ListPlan, planList, planWatch } from "./list-options.js";
import { type ListPart, type ListScope, listPast } from "./list-past.js";
import { scopeAction, scopeOf } from "./request-scope.js";
import { freshnessOf } from "./request-version.js";
import { keyOfRequest, kindOfType } from "./resource-type.js";
import type { ResourcesDeps } from "./resources-deps.js";
import { readableSubresourceOf } from "./subresource.js";

/** Returns one object. */
export async function getResource(deps: ResourcesDeps, request: GetRequest, call: CallContext): Promise<GetResponse> {
  const kind = kindOfType(request.type);
  const key = keyOfRequest(kind, request);
  const { subresource } = request;
  const { pack } = readableSubresourceOf(kind, subresource);
  const action = await withPodNaming(deps.caches, call, { verb: "get", kind, ...key, subresource });
  const found = await deps.objects.get(kind, key, freshnessOf(request.resourceVersion), call.signal).catch((error: unknown) => {
    if (isNotFound(error)) deps.authorizeAbsent(call.caller, action);
    throw error;
  });
  deps.authorize(call.caller, { ...action, object: found.object });
  return { object: pack(found) };
}

/** Streams a scope's state, changes, or both; see Resources.Watch. */
export function watchResources(deps: ResourcesDeps, request: WatchRequest, call: CallContext): AsyncIterable<Buffer> {
  const kind = kindOfType(request.type);
  const scope = scopeOf(kind, request);
  const action = scopeAction("watch", kind, scope);
  const options = { ...planWatch(request), bookmarks: request.allowBookmarks, signal: call.signal };
  const open = (): AsyncIterable<Buffer> => deps.caches.of(kind).watch(scope, options);
  if (dependsOnPods(call, action)) return onceAllowed(deps, call, action, open);
  deps.authorize(call.caller, action);
  return open();
}

/** A stream that begins by finding out whether it may. */
async function* onceAllowed(
  { caches, authorize }: ResourcesDeps,
  call: CallContext,
  action: Action,
  open: () => AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  authorize(call.caller, await withPodNaming(caches, call, action));
  yield* open();
}

/** Returns the objects of a scope, in pages if asked, as an encoded ListResponse. */
export async function listResources(deps: ResourcesDeps, request: ListRequest, call: CallContext): Promise<Buffer> {
  const kind = kindOfType(request.type);
  const scope = scopeOf(kind, request);
  deps.authorize(call.caller, await withPodNaming(deps.caches, call, scopeAction("list", kind, scope)));
  const plan = planList(request);
  const pause = createTimeSlice(deps.clock);
  const limit = Math.max(0, request.limit);
  const part = await readList(deps, plan, { kind, scope, limit, signal: call.signal, pause });
  return await encodeList({ kind, ...headOf(kind, scope, part), objects: part.objects }, pause);
}

function readList(deps: ResourcesDeps, plan: ListPlan, scope: ListScope): Promise<ListPart> {
  switch (plan.from) {
    case "present":
      return deps.caches.of(scope.kind).list(scope.scope, plan.freshness, scope.signal, scope.limit);
    case "past":
      return listPast(deps.store, scope, { revision: plan.revision, after: undefined });
    case "token":
      return listPast(deps.store, scope, plan);
    default:
      return unreachable(plan);
  }
}

function headOf(kind: Kind, scope: Scope, { objects, revision, remaining }: ListPart): Omit<ListResponse, "items"> {
  const last = remaining > 0 ? objects.at(-1) : undefined;
  const selects = !scope.labels.empty || !scope.fields.empty;
  const prefix = namespacePrefix(kind, scope.namespace);
  return {
    resourceVersion: String(revision),
    continue: last === undefined ? "" : formatContinue({ revision, after: last.key.slice(prefix.length) }),
    // What of the rest a selector would match is not known.
    remainingItemCount: last === undefined || selects ? undefined : remaining,
  };
}
