import { encodeObject } from "../../api/codec/encode.js";
import { objectToJson } from "../../api/codec/json.js";
import { checkJsonDepth } from "../../api/codec/json-depth.js";
import { decodeWhole } from "../../api/codec/whole.js";
import { badRequest, conflict, isNotFound, tooLarge } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, ObjectKey, Whole } from "../../api/object.js";
import { applyPatch, type PatchLanguage } from "../../api/patch/patch.js";
import {
  type PatchRequest,
  type PatchResponse,
  PatchType,
  type UpdateRequest,
  type UpdateResponse,
} from "../../gen/howbernetes/api/v1/resources.js";
import type { CallContext } from "../../rpc/contracts.js";
import type { CachedObject } from "../../storage/cacher/interface.js";
import type { Action } from "../auth/authorize.js";
import type { MutateOptions } from "../object-store.js";
import { removeWhenFinished } from "../objects/delete-object.js";
import { guardsOf } from "../objects/fence.js";
import { subjectOf } from "../objects/subject.js";
import { decodeBody, decodeJson } from "./request-body.js";
import { keyOfRequest, kindOfType } from "./resource-type.js";
import type { ResourcesDeps } from "./resources-deps.js";
import { subresourceOf } from "./subresource.js";

// JSON is wordier than what is stored, of which a megabyte is taken.
const maxPatchBytes = 3 * 1024 * 1024;

/** Replaces an object or one of its subresources. */
export async function updateResource(deps: ResourcesDeps, request: UpdateRequest, call: CallContext): Promise<UpdateResponse> {
  const kind = kindOfType(request.type);
  const { bodyKind, apply, pack } = subresourceOf(kind, request.subresource);
  const { object: sent, warnings } = decodeBody(bodyKind, request.body, request.fieldValidation);
  const key = keyOfRequest(kind, {
    namespace: request.namespace || sent.metadata.namespace,
    name: request.name || sent.metadata.name,
  });
  checkNamed(key, sent);
  const { resourceVersion } = sent.metadata;
  const stored = await write(deps, call, {
    kind,
    action: { verb: "update", kind, ...key, subresource: request.subresource },
    ...(resourceVersion === "" ? {} : { ifResourceVersion: resourceVersion }),
    dryRun: request.dryRun,
    change: (draft, { object }) => apply(draft, copyOf(bodyKind, sent), object),
  });
  return { object: pack(stored), warnings: [...warnings] };
}

/** Changes an object, or one of its subresources, in part. */
export async function patchResource(deps: ResourcesDeps, request: PatchRequest, call: CallContext): Promise<PatchResponse> {
  const kind = kindOfType(request.type);
  const key = keyOfRequest(kind, request);
  const { bodyKind, view, apply, pack } = subresourceOf(kind, request.subresource);
  const language = languageOf(request.patchType);
  const patch = parsePatch(request.patch);
  let warnings: readonly string[] = [];
  const stored = await write(deps, call, {
    kind,
    action: { verb: "patch", kind, ...key, subresource: request.subresource },
    dryRun: request.dryRun,
    change: (draft, current) => {
      const patched = applyPatch(bodyKind, objectToJson(bodyKind, view(current.object)), language, patch);
      const body = decodeJson(bodyKind, patched, request.fieldValidation);
      warnings = body.warnings;
      const { resourceVersion } = body.object.metadata;
      // A patch that names a resourceVersion means that one; any other leaves the present one as it is.
      if (resourceVersion !== "" && resourceVersion !== String(current.revision)) throw conflict(subjectOf(kind, key.name));
      apply(draft, body.object, current.object);
    },
  });
  return { object: pack(stored), warnings: [...warnings] };
}

interface Write {
  readonly kind: Kind;
  readonly action: Action;
  readonly ifResourceVersion?: string;
  readonly dryRun: boolean;
  readonly change: (draft: Whole<ApiObject>, current: CachedObject) => void;
}

/** Changes an object as its caller may; one that the change leaves with nothing to wait for goes. */
async function write(deps: ResourcesDeps, call: CallContext, { kind, action, ifResourceVersion, dryRun, change }: Write) {
  const rest = { signal: call.signal, guards: guardsOf(call.metadata), dryRun };
  const options: MutateOptions = { ...rest, ifResourceVersion };
  try {
    const authorizedChange = (draft: Whole<ApiObject>, current: CachedObject): undefined => {
      deps.authorize(call.caller, { ...action, object: current.object });
      change(draft, current);
    };
    const stored = await deps.objects.mutate(kind, action, authorizedChange, options);
    return (await removeWhenFinished(deps.objects, kind, stored, rest)) ?? stored;
  } catch (error: unknown) {
    if (isNotFound(error)) deps.authorizeAbsent(call.caller, action);
    throw error;
  }
}

function checkNamed(key: ObjectKey, { metadata }: Whole<ApiObject>): void {
  if (metadata.name !== "" && metadata.name !== key.name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the request (${key.name})`);
  }
  if (metadata.namespace !== "" && metadata.namespace !== key.namespace) {
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

function parsePatch(bytes: Buffer): unknown {
  if (bytes.length > maxPatchBytes) throw tooLarge(`the patch is too large: ${bytes.length} bytes`);
  const text = bytes.toString("utf8");
  checkJsonDepth(text);
  try {
    return JSON.parse(text);
  } catch (error: unknown) {
    throw badRequest(`error decoding patch: ${error instanceof Error ? error.message : String(error)}`);
  }
}
