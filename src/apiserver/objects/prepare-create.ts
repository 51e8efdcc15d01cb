import { canonicalizeObject } from "../../api/codec/canonical.js";
import { badRequest, invalid } from "../../api/errors.js";
import { randomSuffix } from "../../api/hash.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { validateMetadata } from "../../api/validation/metadata.js";
import { timeFromMs } from "../../api/values/time.js";
import { contentSubjectOf } from "./subject.js";

/** What a new object gets from outside. */
export interface Birth {
  /** "" for cluster-scoped kinds. */
  readonly namespace: string;
  readonly uid: string;
  readonly nowMs: number;
}

// A name is a DNS label at its shortest limit, 63 characters, of which the suffix takes five.
const longestGenerateName = 58;

/** A name for an object that has none but `generateName`: another one each time. */
function generatedName(generateName: string): string {
  return generateName.slice(0, longestGenerateName) + randomSuffix(5);
}

/**
 * Makes what a client sent into an object that can be stored: identity, defaults, what a client may not set.
 * The draft is the caller's own.
 * @throws ApiError BadRequest, Invalid with every error at once
 */
export function prepareCreate<T extends ApiObject>(kind: Kind<T>, draft: Whole<T>, { namespace, uid, nowMs }: Birth): void {
  const { metadata } = draft;
  if (metadata.resourceVersion !== "") throw badRequest("resourceVersion should not be set on objects to be created");
  if (metadata.name === "" && (metadata.generateName ?? "") !== "") metadata.name = generatedName(metadata.generateName ?? "");
  metadata.namespace = namespace;
  metadata.uid = uid;
  metadata.creationTimestamp = timeFromMs(nowMs);
  metadata.deletionTimestamp = undefined;
  metadata.deletionGracePeriodSeconds = undefined;
  metadata.generation = undefined;
  metadata.selfLink = undefined;
  metadata.managedFields = [];
  kind.applyDefaults(draft);
  kind.prepareForCreate(draft);
  canonicalizeObject(kind, draft);
  const errors = [...validateMetadata(kind, metadata), ...kind.validate(draft)];
  if (errors.length > 0) throw invalid(contentSubjectOf(kind, metadata.name), errors);
}
