import { packAnyBytes } from "../../api/codec/any.js";
import { ApiError, methodNotAllowed } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { scaleKind } from "../../api/kinds/scale/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import type { Any } from "../../gen/google/protobuf/any.js";
import type { CachedObject } from "../../storage/cacher/interface.js";
import { finalizeRules, objectRules, partRules, statusRules, type UpdateRules } from "../objects/prepare-update.js";
import { packScale, scaleOf, scalePathsOf, scaleRules } from "./scale.js";

/** An object, or a part of it, as reads and writes see it. */
export interface Subresource {
  /** The kind of what is sent and answered. */
  readonly bodyKind: Kind;
  /** What may be written; `sent` is of the body's kind. */
  readonly rules: UpdateRules;
  /** What a patch is applied to. */
  view(object: Whole<ApiObject>): Whole<ApiObject>;
  pack(stored: CachedObject): Any;
}

/** What a kind's subresource is ("" for the object itself). @throws ApiError NotFound when it has none of that name */
export function subresourceOf(kind: Kind, name: string): Subresource {
  switch (name) {
    case "":
      return whole(kind, objectRules);
    case "status":
      return kind.hasStatus ? whole(kind, statusRules) : absent();
    case "finalize":
      return kind.isHeld === undefined ? absent() : whole(kind, finalizeRules);
    case "scale":
      return kind.scale === undefined ? absent() : scale(kind);
    default:
      return kind.parts?.[name] === undefined ? absent() : whole(kind, partRules(name));
  }
}

/** As `subresourceOf`, of what can be read. @throws ApiError MethodNotAllowed of what can only be written */
export function readableSubresourceOf(kind: Kind, name: string): Pick<Subresource, "pack"> {
  const found = subresourceOf(kind, name);
  if (name === "finalize") throw methodNotAllowed("the server does not allow this method on the requested resource");
  return found;
}

function whole(kind: Kind, rules: UpdateRules): Subresource {
  return { bodyKind: kind, rules, view: (object) => object, pack: ({ bytes }) => packAnyBytes(kind, bytes) };
}

function scale(kind: Kind): Subresource {
  scalePathsOf(kind);
  return {
    bodyKind: scaleKind as unknown as Kind,
    rules: scaleRules,
    view: (object) => scaleOf(kind, object) as Whole<ApiObject>,
    pack: ({ object }) => packScale(kind, object),
  };
}

function absent(): never {
  throw new ApiError("NotFound", "the server could not find the requested resource");
}
