import { canonicalizeObject } from "../../api/codec/canonical.js";
import { badRequest, invalid } from "../../api/errors.js";
import { randomSuffix } from "../../api/hash.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { validateMetadata } from "../../api/validation/metadata.js";
import { timeFromMs } from "../../api/values/time.js";
import { finishWrite, systemWrite, type WriteContext } from "./finish-write.js";
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
 * Gives what a client sent an identity and the kind's defaults, and takes away what a client may not set. The draft is
 * the caller's own. `completeCreate` follows, once admission has added its part.
 * @throws ApiError BadRequest
 */
export function beginCreate<T extends ApiObject>(kind: Kind<T>, draft: Whole<T>, { namespace, uid, nowMs }: Birth): void {
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
  kind.applyDefaults(draft);
}

/** Makes a new object what is stored. @throws ApiError Invalid with every error at once */
export function completeCreate<T extends ApiObject>(kind: Kind<T>, draft: Whole<T>, context: WriteContext): void {
  kind.prepareForCreate(draft);
  canonicalizeObject(kind, draft);
  finishWrite(kind, draft, undefined, context);
  const errors = [...validateMetadata(kind, draft.metadata), ...kind.validate(draft), ...(kind.validateCreate?.(draft) ?? [])];
  if (errors.length > 0) throw invalid(contentSubjectOf(kind, draft.metadata.name), errors);
}

/** A new object of the system's own, which needs no admission. @throws ApiError as `beginCreate` and `completeCreate` */
export function prepareCreate<T extends ApiObject>(kind: Kind<T>, draft: Whole<T>, birth: Birth): void {
  beginCreate(kind, draft, birth);
  completeCreate(kind, draft, systemWrite(birth.nowMs));
}
