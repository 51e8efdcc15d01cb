import { packAnyBytes } from "../../api/codec/any.js";
import { isNotFound } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { type ApiObject, keyOf, type ObjectKey } from "../../api/object.js";
import { sharedSignal } from "../../base/abort.js";
import type { Any } from "../../gen/google/protobuf/any.js";
import type {
  DeleteCollectionRequest,
  DeleteCollectionResponse,
  DeleteRequest,
  DeleteResponse,
} from "../../gen/howbernetes/api/v1/resources.js";
import type { DeleteOptions } from "../../gen/howbernetes/meta/v1/options.js";
import type { CallContext } from "../../rpc/contracts.js";
import { refuseSystemNamespace } from "../admission/namespace-lifecycle.js";
import { type Deleted, deleteObject } from "../objects/delete-object.js";
import { checkedDeleteOptions } from "../objects/delete-options.js";
import { guardsOf } from "../objects/fence.js";
import { scopeAction, scopeOf } from "./request-scope.js";
import { keyOfRequest, kindOfType } from "./resource-type.js";
import type { ResourcesDeps } from "./resources-deps.js";
import { untilAdmissionKnows } from "./until-admission-knows.js";

/** Deletes an object, or marks it for deletion. */
export async function deleteResource(deps: ResourcesDeps, request: DeleteRequest, call: CallContext): Promise<DeleteResponse> {
  const kind = kindOfType(request.type);
  const key = keyOfRequest(kind, request);
  const action = { verb: "delete", kind, ...key, subresource: "" } as const;
  const options = checkedDeleteOptions(request.options);
  try {
    const { object, deleted } = await remove(deps, call, { kind, key, options, authorize: true });
    return { object: packAnyBytes(kind, object.bytes), deleted, warnings: [] };
  } catch (error: unknown) {
    if (isNotFound(error)) deps.authorizeAbsent(call.caller, action);
    throw error;
  }
}

// Each deletion is a write or two: enough at once to keep the store busy, few enough to leave room for others.
const concurrency = 16;

/** Deletes every object of a scope, one by one; what is gone already is left out. */
export async function deleteCollection(
  deps: ResourcesDeps,
  request: DeleteCollectionRequest,
  call: CallContext,
): Promise<DeleteCollectionResponse> {
  const kind = kindOfType(request.type);
  const scope = scopeOf(kind, request);
  const options = checkedDeleteOptions(request.options);
  deps.authorize(call.caller, scopeAction("deletecollection", kind, scope));
  const { objects } = await deps.caches.of(kind).list(scope, { kind: "latest" }, call.signal);
  const items: Any[] = [];
  const queue = objects.values();
  sharedSignal(call.signal);
  const work = async (): Promise<void> => {
    for (const { object } of queue) {
      try {
        const done = await remove(deps, call, { kind, key: keyOf(object), options, authorize: false });
        items.push(packAnyBytes(kind, done.object.bytes));
      } catch (error: unknown) {
        if (!isNotFound(error)) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { items };
}

interface Removal {
  readonly kind: Kind;
  readonly key: ObjectKey;
  readonly options: DeleteOptions;
  /** Ask about each object; a collection has been asked about as a whole. */
  readonly authorize: boolean;
}

async function remove(deps: ResourcesDeps, call: CallContext, { kind, key, options, authorize }: Removal): Promise<Deleted<ApiObject>> {
  const dryRun = options.dryRun.length > 0;
  const done = await deleteObject(deps.objects, kind, key, {
    options,
    nowMs: deps.clock.now(),
    guards: guardsOf(call.metadata),
    dryRun,
    signal: call.signal,
    check: (object) => {
      if (authorize) deps.authorize(call.caller, { verb: "delete", kind, ...key, subresource: "", object });
      refuseSystemNamespace(kind, key.name);
    },
  });
  await untilAdmissionKnows(deps, done.object, { kind, dryRun, signal: call.signal });
  return done;
}
