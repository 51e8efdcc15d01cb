import { packAnyBytes } from "../../api/codec/any.js";
import { isNotFound } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, ObjectKey, Whole } from "../../api/object.js";
import type { DeleteRequest, DeleteResponse } from "../../gen/howbernetes/api/v1/resources.js";
import type { DeleteOptions } from "../../gen/howbernetes/meta/v1/options.js";
import type { CallContext } from "../../rpc/contracts.js";
import { refuseSystemNamespace } from "../admission/namespace-lifecycle.js";
import { type Deleted, deleteObject } from "../objects/delete-object.js";
import { checkedDeleteOptions } from "../objects/delete-options.js";
import { guardsOf } from "../objects/fence.js";
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
    const { object, deleted } = await remove(deps, call, {
      kind,
      key,
      options,
      check: (current) => deps.authorize(call.caller, { ...action, object: current }),
    });
    return { object: packAnyBytes(kind, object.bytes), deleted, warnings: [] };
  } catch (error: unknown) {
    if (isNotFound(error)) deps.authorizeAbsent(call.caller, action);
    throw error;
  }
}

/** One object that is to go. */
export interface Removal {
  readonly kind: Kind;
  readonly key: ObjectKey;
  /** Checked. */
  readonly options: DeleteOptions;
  /** Sees the object before anything happens to it, and throws to refuse. */
  check(object: Whole<ApiObject>): void;
}

/** Deletes one object of whatever kind; system namespaces stay. @throws ApiError as Resources.Delete */
export async function remove(deps: ResourcesDeps, call: CallContext, { kind, key, options, check }: Removal): Promise<Deleted<ApiObject>> {
  const dryRun = options.dryRun.length > 0;
  const done = await deleteObject(deps.objects, kind, key, {
    options,
    nowMs: deps.clock.now(),
    guards: guardsOf(call.metadata),
    dryRun,
    signal: call.signal,
    check: (object) => {
      check(object);
      refuseSystemNamespace(kind, key.name);
    },
  });
  await untilAdmissionKnows(deps, done.object, { kind, dryRun, signal: call.signal });
  return done;
}
