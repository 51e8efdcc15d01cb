import { randomUUID } from "node:crypto";
import { packAnyBytes } from "../../api/codec/any.js";
import { badRequest, generatedNameTaken, isAlreadyExists, isConflict } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import type { CreateRequest, CreateResponse } from "../../gen/howbernetes/api/v1/resources.js";
import type { ManagedFieldsEntry } from "../../gen/howbernetes/meta/v1/meta.js";
import type { CallContext } from "../../rpc/contracts.js";
import type { CachedObject } from "../../storage/cacher/interface.js";
import type { WriteOptions } from "../../storage/interface.js";
import type { Creation } from "../admission/plugin.js";
import { guardsOf } from "../objects/fence.js";
import { fieldManagerOf } from "../objects/field-manager.js";
import { beginCreate, completeCreate } from "../objects/prepare-create.js";
import { subjectOf } from "../objects/subject.js";
import { type Body, decodeBody } from "./request-body.js";
import { kindOfType, namespaceOfRequest } from "./resource-type.js";
import type { ResourcesDeps } from "./resources-deps.js";
import { untilAdmissionKnows } from "./until-admission-knows.js";

// As Kubernetes tries: with five random characters a second clash in a row is a rarity already.
const maxNameAttempts = 8;

/** Stores a new object. */
export async function createResource(deps: ResourcesDeps, request: CreateRequest, call: CallContext): Promise<CreateResponse> {
  const kind = kindOfType(request.type);
  const body = (): Body<ApiObject> => decodeBody(kind, request.body, request.fieldValidation);
  const { object: sent, warnings } = body();
  const { dryRun, fieldManager } = request;
  const allWarnings = [...warnings, ...(kind.warnings?.(sent, undefined) ?? [])];
  const sentAgain = (): Whole<ApiObject> => body().object;
  const created = await createObject(deps, { kind, sent, sentAgain, namespace: request.namespace, dryRun, fieldManager }, call);
  return { object: packAnyBytes(kind, created.bytes), warnings: allWarnings };
}

/** An object that is to be stored anew. */
export interface NewObject {
  readonly kind: Kind;
  /** What the client wants; the callee's own. */
  readonly sent: Whole<ApiObject>;
  /** Makes the same once more, for another attempt. */
  readonly sentAgain: () => Whole<ApiObject>;
  /** The request's namespace; "" for the one that the object says. */
  readonly namespace: string;
  readonly dryRun: boolean;
  readonly fieldManager: string;
  /** Who owns what of it; absent where that follows from what is sent. */
  readonly managedFields?: readonly ManagedFieldsEntry[] | undefined;
}

/** The object of which several attempts may be needed. */
interface Creating extends Omit<NewObject, "sent" | "sentAgain"> {
  readonly drafts: Drafts;
}

/** What the client wants, once for each attempt: the first one works on what was sent itself. */
class Drafts {
  constructor(
    private untouched: Whole<ApiObject> | undefined,
    private readonly again: () => Whole<ApiObject>,
  ) {}

  next(): Whole<ApiObject> {
    const draft = this.untouched ?? this.again();
    this.untouched = undefined;
    return draft;
  }
}

/** Stores a new object as its caller may. @throws ApiError as Resources.Create */
export async function createObject(deps: ResourcesDeps, request: NewObject, call: CallContext): Promise<CachedObject> {
  const { kind, sent, sentAgain, dryRun, managedFields } = request;
  const namespace = namespaceFor(kind, request.namespace, sent);
  sent.metadata.namespace = namespace;
  const { name, generateName = "" } = sent.metadata;
  deps.authorize(call.caller, { verb: "create", kind, namespace, name, subresource: "", object: sent });
  const fieldManager = fieldManagerOf(request.fieldManager, call.caller, "CreateOptions");
  const create: Creating = { kind, drafts: new Drafts(sent, sentAgain), namespace, dryRun, fieldManager, managedFields };
  const isGenerated = name === "" && generateName !== "";
  const created = await (isGenerated ? withGeneratedName(deps, create, call) : createAdmitted(deps, create, call));
  await untilAdmissionKnows(deps, created, { kind, dryRun, signal: call.signal });
  return created;
}

async function withGeneratedName(deps: ResourcesDeps, create: Creating, call: CallContext): Promise<CachedObject> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await createAdmitted(deps, create, call);
    } catch (error: unknown) {
      if (!isAlreadyExists(error)) throw error;
      if (attempt === maxNameAttempts) throw generatedNameTaken(error.subject ?? subjectOf(create.kind, ""));
    }
  }
}

/** Creates on the conditions under which admission has let the object in, and asks it anew when they have changed. */
async function createAdmitted(deps: ResourcesDeps, create: Creating, call: CallContext): Promise<CachedObject> {
  for (let last: string | undefined; ; ) {
    const conditions = new Conditions();
    try {
      return await createOnce(deps, create, { conditions, isRetry: last !== undefined, call });
    } catch (error: unknown) {
      // A namespace may merely have been relabelled. If all is as it was, it is the caller's fence that does not hold.
      const present = JSON.stringify(conditions.guards);
      if (!isConflict(error) || conditions.guards.length === 0 || present === last) throw error;
      last = present;
    } finally {
      conditions.end();
    }
  }
}

async function createOnce(
  deps: ResourcesDeps,
  { kind, drafts, namespace, dryRun, fieldManager, managedFields }: Creating,
  { conditions, isRetry, call }: { readonly conditions: Conditions; readonly isRetry: boolean; readonly call: CallContext },
): Promise<CachedObject> {
  const { signal } = call;
  const nowMs = deps.clock.now();
  const draft = drafts.next();
  beginCreate(kind, draft, { namespace, uid: randomUUID(), nowMs });
  const creation: Creation = {
    kind,
    namespace,
    draft,
    isRetry,
    dryRun,
    signal,
    require: (more) => conditions.add(more),
    atEnd: (end) => conditions.ends.push(end),
  };
  await deps.admission.completeCreate(creation);
  completeCreate(kind, draft, { fieldManager, subresource: "", nowMs, managedFields });
  await deps.admission.judgeCreate(creation);
  const guards = [...guardsOf(call.metadata), ...conditions.guards];
  return await deps.objects.create(kind, draft, { signal, guards, also: conditions.also, dryRun });
}

/** What admission asks of one attempt to write. */
class Conditions {
  readonly guards: NonNullable<WriteOptions["guards"]>[number][] = [];
  readonly also: NonNullable<WriteOptions["also"]>[number][] = [];
  readonly ends: (() => void)[] = [];

  add({ guards = [], also = [] }: WriteOptions): void {
    this.guards.push(...guards);
    this.also.push(...also);
  }

  end(): void {
    for (const end of this.ends) end();
  }
}

function namespaceFor(kind: Kind, requested: string, { metadata }: Whole<ApiObject>): string {
  const namespace = namespaceOfRequest(kind, requested || (kind.namespaced ? metadata.namespace : ""));
  if (!kind.namespaced) return "";
  if (namespace === "") throw badRequest("an empty namespace may not be set during creation");
  if (metadata.namespace !== "" && metadata.namespace !== namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  return namespace;
}
