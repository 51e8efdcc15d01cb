import { encodeObject } from "../../api/codec/encode.js";
import { objectToJson } from "../../api/codec/json.js";
import { decodeWhole } from "../../api/codec/whole.js";
import { badRequest, conflict, invalid, isNotFound } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { withoutOwners } from "../../api/managed-fields/sent-entries.js";
import type { ApiObject, ObjectKey, Whole } from "../../api/object.js";
import { parsePatch } from "../../api/patch/parse-patch.js";
import { applyPatch, type PatchLanguage } from "../../api/patch/patch.js";
import { invalidValue } from "../../api/validation/field-error.js";
import {
  type PatchRequest,
  type PatchResponse,
  PatchType,
  type UpdateRequest,
  type UpdateResponse,
} from "../../gen/howbernetes/api/v1/resources.js";
import type { ManagedFieldsEntry } from "../../gen/howbernetes/meta/v1/meta.js";
import type { CallContext } from "../../rpc/contracts.js";
import type { CachedObject } from "../../storage/cacher/interface.js";
import type { Action } from "../auth/authorize.js";
import { removeWhenFinished } from "../objects/delete-object.js";
import { guardsOf } from "../objects/fence.js";
import { fieldManagerOf } from "../objects/field-manager.js";
import { completeUpdate } from "../objects/prepare-update.js";
import { contentSubjectOf, subjectOf } from "../objects/subject.js";
import { decodeBody, decodePatched } from "./request-body.js";
import { keyOfRequest, kindOfType } from "./resource-type.js";
import type { ResourcesDeps } from "./resources-deps.js";
import { type Subresource, subresourceOf } from "./subresource.js";
import { untilAdmissionKnows } from "./until-admission-knows.js";

/** Replaces an object or one of its subresources. */
export async function updateResource(deps: ResourcesDeps, request: UpdateRequest, call: CallContext): Promise<UpdateResponse> {
  const kind = kindOfType(request.type);
  const part = subresourceOf(kind, request.subresource);
  const { object: sent, warnings } = decodeBody(part.bodyKind, request.body, request.fieldValidation);
  const key = keyOfRequest(kind, {
    namespace: request.namespace || (kind.namespaced ? sent.metadata.namespace : ""),
    name: request.name || sent.metadata.name,
  });
  checkNamed(kind, key, sent);
  let previous: Whole<ApiObject> | undefined;
  const stored = await write(deps, call, {
    kind,
    part,
    action: { verb: "update", kind, ...key, subresource: request.subresource },
    ifResourceVersion: resourceVersionOf(kind, request, sent),
    fieldManager: request.fieldManager,
    dryRun: request.dryRun,
    body: (current) => {
      previous = current.object;
      return copyOf(part.bodyKind, sent);
    },
  });
  return { object: part.pack(stored), warnings: [...warnings, ...warningsOf(kind, request, stored, previous)] };
}

/** Changes an object, or one of its subresources, in part. */
export async function patchResource(deps: ResourcesDeps, request: PatchRequest, call: CallContext): Promise<PatchResponse> {
  const kind = kindOfType(request.type);
  const key = keyOfRequest(kind, request);
  const part = subresourceOf(kind, request.subresource);
  const { bodyKind } = part;
  const { language, value, strictErrors } = parsePatch(languageOf(request.patchType), request.patch);
  if (request.force) throw badRequest("force: Forbidden: may not be specified for non-apply patch");
  // What no patch speaks of need not be made JSON of and read back; a patch may name it in full only.
  const view = request.patch.includes("managedFields") ? part.view : (object: Whole<ApiObject>) => part.view(withoutOwners(object));
  let warnings: readonly string[] = [];
  let previous: Whole<ApiObject> | undefined;
  const stored = await write(deps, call, {
    kind,
    part,
    action: { verb: "patch", kind, ...key, subresource: request.subresource },
    fieldManager: request.fieldManager,
    dryRun: request.dryRun,
    body: (current) => {
      const json = applyPatch(bodyKind, objectToJson(bodyKind, view(current.object)), language, value);
      const patched = decodePatched(bodyKind, { json, name: key.name, strictErrors, validation: request.fieldValidation });
      warnings = patched.warnings;
      previous = current.object;
      const { name, resourceVersion } = patched.object.metadata;
      if (name === "")
        throw badRequest(`the name of the object (${key.name} based on the request) was undeterminable: name must be provided`);
      // A patch that names a resourceVersion means that one; any other leaves the present one as it is.
      if (resourceVersion !== "" && resourceVersion !== String(current.revision)) throw conflict(subjectOf(kind, key.name));
      return patched.object;
    },
  });
  return { object: part.pack(stored), warnings: [...warnings, ...warningsOf(kind, request, stored, previous)] };
}

/** What the kind has to say of what was written. Who writes a subresource has nothing to do with the rest. */
export function warningsOf(
  kind: Kind,
  { subresource }: { readonly subresource: string },
  { object }: CachedObject,
  previous: Whole<ApiObject> | undefined,
): readonly string[] {
  return subresource === "" ? (kind.warnings?.(object, previous) ?? []) : [];
}

/** A change of an object, or of a part of it. */
export interface Write {
  readonly kind: Kind;
  readonly part: Subresource;
  readonly action: Action;
  readonly ifResourceVersion?: string | undefined;
  readonly fieldManager: string;
  readonly dryRun: boolean;
  /** What the client wants; asked anew for each attempt, and given away. */
  body(current: CachedObject): Whole<ApiObject>;
  /** Who owns what after the attempt for which the body was asked last; absent where that follows from what changes. */
  managedFields?(): readonly ManagedFieldsEntry[];
}

/** Changes an object as its caller may; one that the change leaves with nothing to wait for goes. @throws ApiError as Resources.Patch */
export async function write(deps: ResourcesDeps, call: CallContext, request: Write): Promise<CachedObject> {
  const { kind, part, action, ifResourceVersion, dryRun } = request;
  const fieldManager = fieldManagerOf(request.fieldManager, call.caller, action.verb === "update" ? "UpdateOptions" : "PatchOptions");
  const rest = { signal: call.signal, guards: guardsOf(call.metadata), dryRun };
  const context = { fieldManager, subresource: action.subresource, nowMs: deps.clock.now() };
  const change = async (draft: Whole<ApiObject>, current: CachedObject): Promise<undefined> => {
    deps.authorize(call.caller, { ...action, object: current.object });
    const update = { kind, draft, sent: request.body(current), previous: current.object };
    part.rules.merge(update);
    await deps.admission.completeUpdate({ ...update, subresource: action.subresource, signal: call.signal });
    completeUpdate(part.rules, update, { ...context, managedFields: request.managedFields?.() });
    await deps.admission.judgeUpdate({ ...update, subresource: action.subresource, signal: call.signal });
  };
  try {
    const stored = await deps.objects.mutate(kind, action, change, { ...rest, ifResourceVersion });
    const result = (await removeWhenFinished(deps.objects, kind, stored, rest)) ?? stored;
    await untilAdmissionKnows(deps, result, { kind, dryRun, signal: call.signal });
    return result;
  } catch (error: unknown) {
    if (isNotFound(error)) deps.authorizeAbsent(call.caller, action);
    throw error;
  }
}

/** The version that an update is of; undefined for whatever there is. @throws ApiError Invalid */
function resourceVersionOf(kind: Kind, { subresource }: UpdateRequest, { metadata }: Whole<ApiObject>): string | undefined {
  const { name, resourceVersion } = metadata;
  const refuse = (detail: string): Error =>
    invalid(contentSubjectOf(kind, name), [invalidValue("metadata.resourceVersion", resourceVersion, detail)]);
  if (resourceVersion === "" || resourceVersion === "0") {
    if (kind.requiresResourceVersion === true && subresource === "") throw refuse("must be specified for an update");
    return undefined;
  }
  if (!/^\d{1,20}$/.test(resourceVersion)) throw refuse("must be an unsigned integer");
  return resourceVersion;
}

function checkNamed(kind: Kind, key: ObjectKey, { metadata }: Whole<ApiObject>): void {
  if (metadata.name !== "" && metadata.name !== key.name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the request (${key.name})`);
  }
  if (kind.namespaced && metadata.namespace !== "" && metadata.namespace !== key.namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
}

/** A copy that a change may keep and alter: a change may run several times, each on what was sent. */
function copyOf(kind: Kind, object: Whole<ApiObject>): Whole<ApiObject> {
  return decodeWhole(kind, encodeObject(kind, object));
}

function languageOf(type: PatchType): PatchLanguage {
  switch (type) {
    case PatchType.JSON:
      return "json";
    case PatchType.MERGE:
      return "merge";
    case PatchType.STRATEGIC_MERGE:
      return "strategic";
    default:
      throw badRequest("the request names no patch type that is known here");
  }
}
