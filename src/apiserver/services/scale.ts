import { packAnyBytes } from "../../api/codec/any.js";
import { encodeObject } from "../../api/codec/encode.js";
import { makeWhole } from "../../api/codec/whole.js";
import { ApiError, invalid } from "../../api/errors.js";
import type { Kind, ScalePaths } from "../../api/kinds/kind.js";
import { scaleKind } from "../../api/kinds/scale/kind.js";
import { type ApiObject, keyOf, type Whole } from "../../api/object.js";
import { validateMetadata } from "../../api/validation/metadata.js";
import { validateNonNegative } from "../../api/validation/numbers.js";
import type { Any } from "../../gen/google/protobuf/any.js";
import type { Scale } from "../../gen/howbernetes/autoscaling/v1/scale.js";
import { checkIdentity, objectRules, type UpdateRules } from "../objects/prepare-update.js";
import { contentSubjectOf } from "../objects/subject.js";

/** How a kind is scaled. @throws ApiError NotFound when it is not */
export function scalePathsOf<T extends ApiObject>(kind: Kind<T>): ScalePaths<T> {
  if (kind.scale === undefined) throw new ApiError("NotFound", "the server could not find the requested resource");
  return kind.scale;
}

/** An object as its Scale. */
export function scaleOf<T extends ApiObject>(kind: Kind<T>, object: Whole<T>): Whole<Scale> {
  const paths = scalePathsOf(kind);
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  return makeWhole(scaleKind, {
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: paths.read(object) },
    status: { replicas: paths.readStatus(object), selector: paths.selector(object) },
  });
}

/** The rules for writing a kind's Scale: of the object, its wanted replicas change, and what follows from them. */
export const scaleRules: UpdateRules = {
  ...objectRules,
  merge: ({ kind, draft, sent, previous }) => {
    const scale = sent as unknown as Whole<Scale>;
    checkIdentity(kind, scale, previous);
    const replicas = scale.spec.replicas ?? 0;
    const errors = [
      ...validateMetadata(scaleKind, { ...scale.metadata, ...keyOf(previous) }),
      ...validateNonNegative(replicas, "spec.replicas"),
    ];
    if (errors.length > 0) throw invalid(contentSubjectOf(scaleKind, previous.metadata.name), errors);
    scalePathsOf(kind).write(draft, replicas);
  },
};

/** An object's Scale, as it is answered. */
export function packScale<T extends ApiObject>(kind: Kind<T>, object: Whole<T>): Any {
  return packAnyBytes(scaleKind as Kind, encodeObject(scaleKind, scaleOf(kind, object)));
}
