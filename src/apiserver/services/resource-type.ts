import { ApiError, badRequest } from "../../api/errors.js";
import { kindByResource } from "../../api/kinds/index.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ObjectKey } from "../../api/object.js";
import type { ResourceType } from "../../gen/howbernetes/api/v1/resources.js";

/** The kind that a request is about. @throws ApiError NotFound when there is no such resource */
export function kindOfType(type: ResourceType | undefined): Kind {
  if (type === undefined) throw badRequest("the request names no resource");
  const kind = kindByResource(type.group, type.resource);
  if (kind === undefined || (type.version !== "" && type.version !== kind.version)) {
    throw new ApiError("NotFound", "the server could not find the requested resource");
  }
  return kind;
}

/** The object that a request is about. @throws ApiError BadRequest */
export function keyOfRequest(kind: Kind, { namespace, name }: ObjectKey): ObjectKey {
  if (name === "") throw badRequest("the request names no object");
  if (kind.namespaced && namespace === "") throw badRequest(`${kind.plural} are namespaced: the request names no namespace`);
  return { namespace: namespaceOfRequest(kind, namespace), name: checked(name) };
}

/** The namespace that a request is about, "" for all. @throws ApiError BadRequest */
export function namespaceOfRequest(kind: Kind, namespace: string): string {
  if (!kind.namespaced && namespace !== "") throw badRequest(`${kind.plural} are not namespaced`);
  return checked(namespace);
}

// Names are parts of store keys: whatever else they are, they must stay within their part.
function checked(part: string): string {
  if (part.length > 253) throw badRequest(`invalid name ${JSON.stringify(`${part.slice(0, 40)}...`)}: must be no more than 253 characters`);
  if (!part.includes("/") && !part.includes("\0") && part !== "." && part !== "..") return part;
  throw badRequest(`invalid name ${JSON.stringify(part)}: may not be '.' or '..', or contain '/'`);
}
