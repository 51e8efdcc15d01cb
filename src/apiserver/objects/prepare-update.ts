import { canonicalizeObject } from "../../api/codec/canonical.js";
import { badRequest, conflict, type FieldError, invalid } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { validateMetadata, validateMetadataUpdate } from "../../api/validation/metadata.js";
import { contentSubjectOf, subjectOf } from "./subject.js";

/**
 * Makes what a client wants an object to become into what is stored: what a client may not change is put back. The
 * draft is the caller's own.
 * @throws ApiError Conflict when it is of another uid; BadRequest; Invalid with every error at once
 */
export function prepareUpdate<T extends ApiObject>(kind: Kind<T>, draft: Whole<T>, previous: Whole<T>): void {
  keepIdentity(kind, draft, previous);
  kind.applyDefaults(draft);
  canonicalizeObject(kind, draft);
  kind.prepareForUpdate(draft, previous);
  refuse(kind, previous, [
    ...validateMetadata(kind, draft.metadata),
    ...validateMetadataUpdate(draft.metadata, previous.metadata),
    ...kind.validate(draft),
    ...kind.validateUpdate(draft, previous),
  ]);
}

/** As `prepareUpdate`, of the status alone: everything else stays as it was, whatever was sent. */
export function prepareStatusUpdate<T extends ApiObject>(kind: Kind<T>, draft: Whole<T>, previous: Whole<T>): void {
  keepIdentity(kind, draft, previous);
  const { status } = draft as { status?: unknown };
  Object.assign(draft, previous, { status });
  canonicalizeObject(kind, draft);
  refuse(kind, previous, kind.validateStatusUpdate?.(draft, previous) ?? []);
}

/** As `prepareUpdate`, of `spec.finalizers` alone: how what holds a kind's deletion up lets go of it. */
export function prepareFinalize<T extends ApiObject>(kind: Kind<T>, draft: Whole<T>, previous: Whole<T>): void {
  keepIdentity(kind, draft, previous);
  const { finalizers } = (draft as { spec?: { finalizers?: readonly string[] } }).spec ?? {};
  const spec = { ...(previous as { spec?: object }).spec, finalizers };
  Object.assign(draft, previous, { spec });
}

function keepIdentity<T extends ApiObject>(kind: Kind<T>, { metadata }: Whole<T>, { metadata: before }: Whole<T>): void {
  if (metadata.name !== "" && metadata.name !== before.name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the request (${before.name})`);
  }
  if (metadata.namespace !== "" && metadata.namespace !== before.namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (metadata.uid !== "" && metadata.uid !== before.uid) {
    const detail = `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${before.uid}`;
    throw conflict(subjectOf(kind, before.name), detail);
  }
  metadata.name = before.name;
  metadata.namespace = before.namespace;
  metadata.uid = before.uid;
  metadata.generateName = before.generateName;
  metadata.creationTimestamp = before.creationTimestamp;
  metadata.deletionTimestamp = before.deletionTimestamp;
  metadata.deletionGracePeriodSeconds = before.deletionGracePeriodSeconds;
  metadata.generation = before.generation;
  metadata.selfLink = undefined;
  metadata.managedFields = [];
}

function refuse<T extends ApiObject>(kind: Kind<T>, { metadata }: Whole<T>, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalid(contentSubjectOf(kind, metadata.name), errors);
}
