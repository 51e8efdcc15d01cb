import { packAnyBytes } from "../../api/codec/any.js";
import { isNotFound, methodNotAllowed, notFound } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { keyOf } from "../../api/object.js";
import { sharedSignal } from "../../base/abort.js";
import type { Any } from "../../gen/google/protobuf/any.js";
import type { DeleteCollectionRequest, DeleteCollectionResponse } from "../../gen/howbernetes/api/v1/resources.js";
import type { DeleteOptions } from "../../gen/howbernetes/meta/v1/options.js";
import type { CallContext } from "../../rpc/contracts.js";
import type { CachedObject, Scope } from "../../storage/cacher/interface.js";
import { createTimeSlice } from "../../storage/cacher/time-slice.js";
import { checkedDeleteOptions } from "../objects/delete-options.js";
import { subjectOf } from "../objects/subject.js";
import { listPast } from "./list-past.js";
import { scopeAction, scopeOf } from "./request-scope.js";
import { parseVersion } from "./request-version.js";
import { kindOfType } from "./resource-type.js";
import { remove } from "./resources-delete.js";
import type { ResourcesDeps } from "./resources-deps.js";

// Each deletion is a write or two: enough at once to keep the store busy, few enough to leave room for others.
const concurrency = 16;

/** Deletes every object of a scope, one by one; what is gone already, or was made anew meanwhile, is left out. */
export async function deleteCollection(
  deps: ResourcesDeps,
  request: DeleteCollectionRequest,
  call: CallContext,
): Promise<DeleteCollectionResponse> {
  const kind = kindOfType(request.type);
  // Kinds that empty something before they go are named one by one, in Kubernetes too.
  if (kind.isHeld !== undefined) throw methodNotAllowed("the server does not allow this method on the requested resource");
  const scope = scopeOf(kind, request);
  const options = checkedDeleteOptions(request.options);
  deps.authorize(call.caller, scopeAction("deletecollection", kind, scope));
  const doomed = await listDoomed(deps, { kind, scope, resourceVersion: request.resourceVersion, signal: call.signal });
  return { items: await removeAll(deps, call, { kind, doomed, options }) };
}

interface Selection {
  readonly kind: Kind;
  readonly scope: Scope;
  /** "" for what there is now. */
  readonly resourceVersion: string;
  readonly signal: AbortSignal;
}

async function listDoomed(deps: ResourcesDeps, { kind, scope, resourceVersion, signal }: Selection): Promise<readonly CachedObject[]> {
  if (resourceVersion === "" || resourceVersion === "0")
    return (await deps.caches.of(kind).list(scope, { kind: "latest" }, signal)).objects;
  const all = { kind, scope, limit: 0, signal, pause: createTimeSlice(deps.clock) };
  return (await listPast(deps.store, all, { revision: parseVersion(resourceVersion), after: undefined })).objects;
}

async function removeAll(
  deps: ResourcesDeps,
  call: CallContext,
  { kind, doomed, options }: { readonly kind: Kind; readonly doomed: readonly CachedObject[]; readonly options: DeleteOptions },
): Promise<Any[]> {
  const items: Any[] = [];
  const queue = doomed.values();
  let hasFailed = false;
  sharedSignal(call.signal);
  const work = async (): Promise<void> => {
    for (const listed of queue) {
      if (hasFailed) return;
      const check = ({ metadata }: CachedObject["object"]): void => {
        if (metadata.uid !== listed.object.metadata.uid) throw notFound(subjectOf(kind, metadata.name));
      };
      try {
        const { object } = await remove(deps, call, { kind, key: keyOf(listed.object), options, check });
        items.push(packAnyBytes(kind, object.bytes));
      } catch (error: unknown) {
        if (isNotFound(error)) continue;
        hasFailed = true;
        throw error;
      }
    }
  };
  const results = await Promise.allSettled(Array.from({ length: concurrency }, work));
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return items;
}
