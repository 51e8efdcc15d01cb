import { packAnyBytes } from "../../api/codec/any.js";
import { ApiError, methodNotAllowed } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import type { Any } from "../../gen/google/protobuf/any.js";
import type { Scale } from "../../gen/howbernetes/autoscaling/v1/scale.js";
import type { CachedObject } from "../../storage/cacher/interface.js";
import { prepareFinalize, prepareStatusUpdate, prepareUpdate } from "../objects/prepare-update.js";
import { applyScale, packScale, scaleKind, scaleOf, scalePathsOf } from "./scale.js";

/** An object, or a part of it, as writes see it. */
export interface Subresource {
  /** The kind of what is sent and answered. */
  readonly bodyKind: Kind;
  /** What a patch is applied to. */
  view(object: Whole<ApiObject>): Whole<ApiObject>;
  /** Makes `draft`, a copy of `previous`, what `sent` wants. Owns both. @throws ApiError to refuse */
  apply(draft: Whole<ApiObject>, sent: Whole<ApiObject>, previous: Whole<ApiObject>): void;
  pack(stored: CachedObject): Any;
}

/** What a kind's subresource is ("" for the object itself). @throws ApiError NotFound when it has none of that name */
export function subresourceOf(kind: Kind, name: string): Subresource {
  switch (name) {
    case "":
      return whole(kind, prepareUpdate);
    case "status":
      return kind.hasStatus ? whole(kind, prepareStatusUpdate) : absent();
    case "finalize":
      return kind.isHeld === undefined ? absent() : whole(kind, prepareFinalize);
    case "scale":
      return kind.scale === undefined ? absent() : scale(kind);
    default:
      return absent();
  }
}

/** As `subresourceOf`, of what can be read. @throws ApiError MethodNotAllowed of what can only be written */
export function readableSubresourceOf(kind: Kind, name: string): Pick<Subresource, "pack"> {
  const found = subresourceOf(kind, name);
  if (name === "finalize") throw methodNotAllowed("the server does not allow this method on the requested resource");
  return found;
}

type Prepare = (kind: Kind, sent: Whole<ApiObject>, previous: Whole<ApiObject>) => void;

/** Reads and writes in the object's own form; `prepare` puts back what the write may not touch. */
function whole(kind: Kind, prepare: Prepare): Subresource {
  return {
    bodyKind: kind,
    view: (object) => object,
    apply: (draft, sent, previous) => {
      prepare(kind, sent, previous);
      Object.assign(draft, sent);
    },
    pack: ({ bytes }) => packAnyBytes(kind, bytes),
  };
}

function scale(kind: Kind): Subresource {
  scalePathsOf(kind);
  return {
    bodyKind: scaleKind as unknown as Kind,
    view: (object) => scaleOf(kind, object) as Whole<ApiObject>,
    apply: (draft, sent, previous) => {
      applyScale(kind, draft, sent as Whole<Scale>);
      prepareUpdate(kind, draft, previous);
    },
    pack: ({ object }) => packScale(kind, object),
  };
}

function absent(): never {
  throw new ApiError("NotFound", "the server could not find the requested resource");
}
