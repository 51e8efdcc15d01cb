import { BinaryReader } from "@bufbuild/protobuf/wire";
import { ApiError } from "../../api/errors.js";
import type { Any } from "../../gen/google/protobuf/any.js";
import { ObjectMeta } from "../../gen/howbernetes/meta/v1/meta.js";
import type { Caller } from "../../rpc/contracts.js";
import { httpCodeOf } from "../../rpc/reason-codes.js";
import type { Verb } from "../auth/authorize.js";

/** What is known of a write: one line of the audit log. Never what was written. */
export interface AuditRecord {
  /** When it came in, as RFC 3339 with milliseconds. */
  readonly time: string;
  readonly user: string;
  readonly groups: readonly string[];
  readonly verb: Verb;
  /** "" for the core group. */
  readonly group: string;
  readonly resource: string;
  /** "" for cluster-scoped objects, and where it is not known. */
  readonly namespace: string;
  /** "" for collections, and where it is not known. */
  readonly name: string;
  readonly subresource: string;
  /** Of the object as the write left it; "" when it failed. */
  readonly uid: string;
  readonly resourceVersion: string;
  /** As HTTP has it, as 201 or 409. */
  readonly code: number;
  /** Kubernetes' reason for a failure, "" for success. */
  readonly reason: string;
  readonly latencyMs: number;
  readonly dryRun: boolean;
}

/** What is known of a write before it is tried. */
export interface AuditedRequest {
  readonly verb: Verb;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  readonly dryRun: boolean;
}

/** How a write ended: the object that was answered, if one was, or what went wrong. */
export type AuditedOutcome = { readonly object: Any | undefined } | { readonly error: unknown };

/** Puts together what is known. */
export function auditRecord(
  caller: Caller,
  request: AuditedRequest,
  outcome: AuditedOutcome,
  times: { readonly nowMs: number; readonly latencyMs: number },
): AuditRecord {
  const { verb, group, resource, subresource, dryRun } = request;
  const written = "object" in outcome ? identityOf(outcome.object) : unknownIdentity;
  const failure = "error" in outcome ? ApiError.from(outcome.error) : undefined;
  return {
    time: new Date(times.nowMs).toISOString(),
    user: caller.name,
    groups: caller.groups,
    verb,
    group,
    resource,
    namespace: request.namespace || written.namespace,
    name: request.name || written.name,
    subresource,
    uid: written.uid,
    resourceVersion: written.resourceVersion,
    code: failure === undefined ? (verb === "create" ? 201 : 200) : httpCodeOf(failure.reason),
    reason: failure?.reason ?? "",
    latencyMs: Math.round(times.latencyMs * 1_000) / 1_000,
    dryRun,
  };
}

/** What names an object. */
export interface ObjectIdentity {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

const unknownIdentity: ObjectIdentity = { namespace: "", name: "", uid: "", resourceVersion: "" };

/** Reads what names an encoded object, and nothing else of it; empty texts where it does not say, or is no object. */
export function identityOf(any: Any | undefined): ObjectIdentity {
  const metadata = any === undefined ? undefined : metadataOf(any.value);
  const { namespace = "", name = "", uid = "", resourceVersion = "" } = metadata ?? {};
  return { namespace, name, uid, resourceVersion };
}

/** Metadata is the first field of every kind. */
function metadataOf(bytes: Uint8Array): ObjectMeta | undefined {
  try {
    const reader = new BinaryReader(bytes);
    const [field] = reader.tag();
    return field === 1 ? ObjectMeta.decode(reader.bytes()) : undefined;
  } catch (_noObject: unknown) {
    // What a caller sends may be anything; that is for the handler to say.
    return undefined;
  }
}
