import { isJsonObject } from "../../api/codec/json.js";
import type { JsonObject } from "../../api/codec/json-values.js";
import { conflict, invalid, isAlreadyExists, isNotFound, methodNotAllowed } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { scaleKind } from "../../api/kinds/scale/kind.js";
import { type Application, planApply } from "../../api/managed-fields/apply.js";
import { updateLastApplied } from "../../api/managed-fields/client-side-apply.js";
import { applyConflict } from "../../api/managed-fields/conflict-error.js";
import type { ApiObject, ObjectKey, Whole } from "../../api/object.js";
import { required } from "../../api/validation/field-error.js";
import type { PatchRequest, PatchResponse } from "../../gen/howbernetes/api/v1/resources.js";
import type { ManagedFieldsEntry } from "../../gen/howbernetes/meta/v1/meta.js";
import type { CallContext } from "../../rpc/contracts.js";
import type { CachedObject } from "../../storage/cacher/interface.js";
import { contentSubjectOf, subjectOf } from "../objects/subject.js";
import { parseApplyConfiguration, untyped } from "./apply-configuration.js";
import { keyOfRequest, kindOfType } from "./resource-type.js";
import { createObject } from "./resources-create.js";
import type { ResourcesDeps } from "./resources-deps.js";
import { warningsOf, write } from "./resources-write.js";
import { scaleOf } from "./scale.js";
import { type Subresource, subresourceOf } from "./subresource.js";

/**
 * Server-side apply: makes an object, or one of its subresources, have what the configuration says, and creates the
 * object if there is none. Merged anew whenever another write comes first.
 */
export async function applyResource(deps: ResourcesDeps, request: PatchRequest, call: CallContext): Promise<PatchResponse> {
  const kind = kindOfType(request.type);
  const key = keyOfRequest(kind, request);
  const { subresource, fieldManager } = request;
  const part = subresourceOf(kind, subresource);
  if (subresource === "finalize") throw methodNotAllowed("the server does not allow this method on the requested resource");
  if (fieldManager === "") {
    const subject = { group: "meta.k8s.io", kind: "PatchOptions", name: "" };
    throw invalid(subject, [required("fieldManager", "is required for apply patch")]);
  }
  const { json, warnings } = parseApplyConfiguration(part.bodyKind, request.patch, { key, validation: request.fieldValidation });
  const configuration = ofSubresource(kind, { subresource, key, json });
  const apply: Apply = { kind, key, part, request, configuration };
  const { stored, previous } = await applied(deps, apply, call);
  return { object: part.pack(stored), warnings: [...warnings, ...warningsOf(kind, request, stored, previous)] };
}

interface Apply {
  readonly kind: Kind;
  readonly key: ObjectKey;
  readonly part: Subresource;
  readonly request: PatchRequest;
  /** What may be written of the object by this call. */
  readonly configuration: JsonObject;
}

interface Applied {
  readonly stored: CachedObject;
  readonly previous: Whole<ApiObject> | undefined;
}

async function applied(deps: ResourcesDeps, apply: Apply, call: CallContext): Promise<Applied> {
  for (;;) {
    try {
      return await applyToPresent(deps, apply, call);
    } catch (error: unknown) {
      if (!isNotFound(error) || apply.request.subresource !== "") throw error;
    }
    try {
      return await applyToNothing(deps, apply, call);
    } catch (error: unknown) {
      // Another has created it meanwhile: then it is there to be applied to.
      if (!isAlreadyExists(error)) throw error;
    }
  }
}

async function applyToPresent(deps: ResourcesDeps, apply: Apply, call: CallContext): Promise<Applied> {
  const { kind, key, part, request } = apply;
  let owners: readonly ManagedFieldsEntry[] = [];
  let previous: Whole<ApiObject> | undefined;
  const stored = await write(deps, call, {
    kind,
    part,
    action: { verb: "patch", kind, ...key, subresource: request.subresource },
    fieldManager: request.fieldManager,
    dryRun: request.dryRun,
    body: (current) => {
      previous = current.object;
      const object = merged(deps, apply, current.object);
      // A configuration that names a resourceVersion means that one; the merged object else has the present one.
      const named = resourceVersionOf(apply.configuration);
      if (named !== "" && named !== String(current.revision)) throw conflict(subjectOf(kind, key.name));
      owners = object.metadata.managedFields;
      return request.subresource === "scale" ? (scaleOf(kind, object) as Whole<ApiObject>) : object;
    },
    managedFields: () => owners,
  });
  return { stored, previous };
}

async function applyToNothing(deps: ResourcesDeps, apply: Apply, call: CallContext): Promise<Applied> {
  const { kind, key, request } = apply;
  const born = (): Whole<ApiObject> => {
    const made = merged(deps, apply, undefined);
    Object.assign(made.metadata, key);
    return made;
  };
  const object = born();
  const { uid } = object.metadata;
  if (uid !== "") {
    const detail = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    throw conflict(subjectOf(kind, key.name), detail);
  }
  const { dryRun, fieldManager } = request;
  const { managedFields } = object.metadata;
  const sent = { kind, sent: object, sentAgain: born, namespace: key.namespace, dryRun, fieldManager, managedFields };
  return { stored: await createObject(deps, sent, call), previous: undefined };
}

/** What the configuration makes of an object. @throws ApiError Conflict, unless the request forces; BadRequest */
function merged(deps: ResourcesDeps, apply: Apply, live: Whole<ApiObject> | undefined): Whole<ApiObject> {
  const { kind, key, configuration, request } = apply;
  const { fieldManager: manager, subresource, force } = request;
  const nowMs = deps.clock.now();
  const { object, conflicts } = planned(key, { kind, live, configuration, manager, subresource, nowMs });
  if (conflicts.length > 0 && !force) throw applyConflict(conflicts);
  updateLastApplied(object, configuration, { manager, subresource });
  return object;
}

function planned(key: ObjectKey, application: Application): ReturnType<typeof planApply> {
  try {
    return planApply(application);
  } catch (error: unknown) {
    if (!(error instanceof SyntaxError)) throw error;
    throw untyped(application.kind, key, [{ path: "", reason: "FieldValueInvalid", message: error.message }]);
  }
}

/** The part of a configuration that a subresource's writes may set: the rest could only be owned without effect. */
function ofSubresource(
  kind: Kind,
  { subresource, key, json }: { readonly subresource: string; readonly key: ObjectKey; readonly json: JsonObject },
): JsonObject {
  const { status, ...rest } = json;
  switch (subresource) {
    case "status":
      return { metadata: identityOf(json), ...(status === undefined ? {} : { status }) };
    case "scale":
      return { metadata: identityOf(json), spec: { replicas: replicasOf(json, key) } };
    default:
      return kind.hasStatus ? rest : json;
  }
}

/** Every kind that can be scaled keeps its count where Scale has it. */
function replicasOf({ spec }: JsonObject, { name }: ObjectKey): number {
  const replicas = isJsonObject(spec) ? spec.replicas : undefined;
  if (typeof replicas === "number") return replicas;
  throw invalid(contentSubjectOf(scaleKind, name), [required("spec.replicas")]);
}

function identityOf({ metadata }: JsonObject): JsonObject {
  if (!isJsonObject(metadata)) return {};
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => ["uid", "resourceVersion"].includes(name)));
}

function resourceVersionOf({ metadata }: JsonObject): string {
  const named = isJsonObject(metadata) ? metadata.resourceVersion : undefined;
  return typeof named === "string" ? named : "";
}
