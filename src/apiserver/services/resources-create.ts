import { randomUUID } from "node:crypto";
import { packAnyBytes } from "../../api/codec/any.js";
import { encodeObject } from "../../api/codec/encode.js";
import { decodeWhole } from "../../api/codec/whole.js";
import { badRequest, isAlreadyExists, isConflict } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import type { CreateRequest, CreateResponse } from "../../gen/howbernetes/api/v1/resources.js";
import type { CallContext } from "../../rpc/contracts.js";
import type { CachedObject } from "../../storage/cacher/interface.js";
import type { Guard } from "../../storage/interface.js";
import { admitToNamespace } from "../admission/namespace-lifecycle.js";
import { guardsOf } from "../objects/fence.js";
import { prepareCreate } from "../objects/prepare-create.js";
import { decodeBody } from "./request-body.js";
import { keyOfRequest, kindOfType, namespaceOfRequest } from "./resource-type.js";
import type { ResourcesDeps } from "./resources-deps.js";

// As Kubernetes tries: with five random characters a second clash in a row is a rarity already.
const maxNameAttempts = 8;

/** Stores a new object. */
export async function createResource(deps: ResourcesDeps, request: CreateRequest, call: CallContext): Promise<CreateResponse> {
  const kind = kindOfType(request.type);
  const { object: sent, warnings } = decodeBody(kind, request.body, request.fieldValidation);
  const namespace = namespaceFor(kind, request.namespace, sent);
  sent.metadata.namespace = namespace;
  const { name } = sent.metadata;
  if (name !== "") keyOfRequest(kind, { namespace, name });
  deps.authorize(call.caller, { verb: "create", kind, namespace, name, subresource: "", object: sent });
  const create: Creation = { kind, sent, namespace, dryRun: request.dryRun };
  const generates = name === "" && (sent.metadata.generateName ?? "") !== "";
  const created = generates ? await withGeneratedName(deps, create, call) : await createAdmitted(deps, create, call);
  return { object: packAnyBytes(kind, created.bytes), warnings: [...warnings] };
}

interface Creation {
  readonly kind: Kind;
  readonly sent: Whole<ApiObject>;
  readonly namespace: string;
  readonly dryRun: boolean;
}

async function withGeneratedName(deps: ResourcesDeps, create: Creation, call: CallContext): Promise<CachedObject> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await createAdmitted(deps, create, call);
    } catch (error: unknown) {
      if (!isAlreadyExists(error) || attempt === maxNameAttempts) throw error;
    }
  }
}

/**
 * Creates in a namespace on the condition that it is still as it was when it admitted the object: else an object could
 * slip into a namespace that has been emptied for its deletion.
 */
async function createAdmitted(deps: ResourcesDeps, { kind, sent, namespace, dryRun }: Creation, call: CallContext): Promise<CachedObject> {
  const fences = guardsOf(call.metadata);
  for (let last: readonly Guard[] | undefined; ; ) {
    const { name } = sent.metadata;
    const admission = await admitToNamespace(deps.objects, { kind, namespace, name, fresh: last !== undefined }, call.signal);
    const object = decodeWhole(kind, encodeObject(kind, sent));
    prepareCreate(kind, object, { namespace, uid: randomUUID(), nowMs: deps.clock.now() });
    try {
      return await deps.objects.create(kind, object, { signal: call.signal, guards: [...fences, ...admission], dryRun });
    } catch (error: unknown) {
      // The namespace may merely have been relabelled: then it is asked again. If it is as it was, the fence has failed.
      const isSame = last !== undefined && last[0]?.revision === admission[0]?.revision;
      if (!isConflict(error) || admission.length === 0 || isSame) throw error;
      last = admission;
    }
  }
}

function namespaceFor(kind: Kind, requested: string, { metadata }: Whole<ApiObject>): string {
  const namespace = namespaceOfRequest(kind, requested || (kind.namespaced ? metadata.namespace : ""));
  if (kind.namespaced && namespace === "") throw badRequest("an empty namespace may not be set during creation");
  if (metadata.namespace !== "" && metadata.namespace !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  return namespace;
}
