import { canonicalizeObject } from "../../api/codec/canonical.js";
import { badRequest, conflict, type FieldError, invalid } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { validateAnnotations } from "../../api/validation/labels.js";
import { validateMetadata, validateMetadataUpdate } from "../../api/validation/metadata.js";
import { finishWrite, type WriteContext } from "./finish-write.js";
import { contentSubjectOf, subjectOf } from "./subject.js";

/** A change of an object under way. */
export interface Update<T extends ApiObject = ApiObject> {
  readonly kind: Kind<T>;
  /** What the object becomes: a copy of `previous` at first. The caller's own. */
  readonly draft: Whole<T>;
  /** What the client wants; the draft may take parts of it over as they are. */
  readonly sent: Whole<T>;
  /** Shared: never changed. */
  readonly previous: Whole<T>;
}

/** The rules for writing one part of an object: all of it, or a subresource. */
export interface UpdateRules {
  /** Takes over into the draft what may be written, and leaves the rest as it was. @throws ApiError BadRequest, Conflict */
  merge<T extends ApiObject>(update: Update<T>): void;
  /** Sets what follows from the change, as the generation; the draft is in canonical form. */
  settle<T extends ApiObject>(update: Update<T>): void;
  /** Every error of the result. */
  validate<T extends ApiObject>(update: Update<T>): readonly FieldError[];
}

/** Of an object itself: all but its status. */
export const objectRules: UpdateRules = {
  merge: ({ kind, draft, sent, previous }) => {
    keepIdentity(kind, sent, previous);
    Object.assign(draft, sent);
    kind.applyDefaults(draft);
  },
  settle: ({ kind, draft, previous }) => kind.prepareForUpdate(draft, previous),
  validate: ({ kind, draft, previous }) => [
    ...validateMetadata(kind, draft.metadata),
    ...validateMetadataUpdate(draft.metadata, previous.metadata),
    ...kind.validate(draft),
    ...kind.validateUpdate(draft, previous),
  ],
};

/**
 * Of the status, and of annotations by whoever says which version of the object they have read: others would put back
 * what they last saw. Unlike Kubernetes: the rest of metadata, which decides where pods go and what owns them, is
 * written with the object alone.
 */
export const statusRules: UpdateRules = {
  merge: ({ kind, draft, sent, previous }) => {
    checkIdentity(kind, sent, previous);
    const { status } = sent as { status?: unknown };
    Object.assign(draft, { status });
    if (sent.metadata.resourceVersion !== "") draft.metadata.annotations = sent.metadata.annotations;
  },
  settle: ({ kind, draft, previous }) => kind.prepareForStatusUpdate?.(draft, previous),
  validate: ({ kind, draft, previous }) => [
    ...validateAnnotations(draft.metadata.annotations, "metadata.annotations"),
    ...(kind.validateStatusUpdate?.(draft, previous) ?? []),
  ],
};

/** Of `spec.finalizers` alone: how what holds a kind's deletion up lets go of it. */
export const finalizeRules: UpdateRules = {
  merge: ({ kind, draft, sent, previous }) => {
    checkIdentity(kind, sent, previous);
    const { finalizers } = (sent as { spec?: { finalizers?: readonly string[] } }).spec ?? {};
    Object.assign((draft as unknown as { spec: object }).spec, { finalizers });
  },
  settle: () => undefined,
  validate: () => [],
};

/** Of a part of an object that a kind has its own rules for; the rest stays as it was. */
export function partRules(name: string): UpdateRules {
  return {
    merge: ({ kind, draft, sent, previous }) => {
      checkIdentity(kind, sent, previous);
      kind.parts?.[name]?.merge(draft, sent);
      kind.applyDefaults(draft);
    },
    settle: objectRules.settle,
    validate: ({ kind, draft, previous }) => [...kind.validate(draft), ...(kind.parts?.[name]?.validateUpdate(draft, previous) ?? [])],
  };
}

/** Makes a draft that has been merged, and completed by admission, what is stored. @throws ApiError Invalid with every error at once */
export function completeUpdate<T extends ApiObject>(rules: UpdateRules, update: Update<T>, context: WriteContext): void {
  const { kind, draft, previous } = update;
  canonicalizeObject(kind, draft);
  rules.settle(update);
  finishWrite(kind, draft, previous, context);
  const errors = rules.validate(update);
  if (errors.length > 0) throw invalid(contentSubjectOf(kind, previous.metadata.name), errors);
}

/** Puts back what a client may not change. What may not even be tried is left for validation to refuse. */
function keepIdentity<T extends ApiObject>(kind: Kind<T>, sent: Whole<T>, previous: Whole<T>): void {
  checkIdentity(kind, sent, previous);
  const { metadata } = sent;
  const { metadata: before } = previous;
  metadata.name = before.name;
  metadata.namespace = before.namespace;
  metadata.uid = before.uid;
  metadata.resourceVersion = before.resourceVersion;
  metadata.generateName = before.generateName;
  metadata.creationTimestamp = before.creationTimestamp;
  metadata.generation = before.generation;
  metadata.selfLink = undefined;
  // A deletion under way stays as it is; one that is not may not be begun by writing it down.
  if (before.deletionTimestamp !== undefined) metadata.deletionTimestamp = before.deletionTimestamp;
  metadata.deletionGracePeriodSeconds ??= before.deletionGracePeriodSeconds;
}

/** Refuses what is of another object than the stored one. @throws ApiError BadRequest, Conflict */
export function checkIdentity(kind: Kind, { metadata }: Whole<ApiObject>, { metadata: before }: Whole<ApiObject>): void {
  if (metadata.name !== "" && metadata.name !== before.name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the request (${before.name})`);
  }
  if (kind.namespaced && metadata.namespace !== "" && metadata.namespace !== before.namespace) {
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  }
  if (metadata.uid !== "" && metadata.uid !== before.uid) {
    const detail = `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${before.uid}`;
    throw conflict(subjectOf(kind, before.name), detail);
  }
}
