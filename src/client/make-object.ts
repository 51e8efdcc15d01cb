import { makeWhole } from "../api/codec/whole.js";
import type { Kind } from "../api/kinds/kind.js";
import type { ApiObject, Whole } from "../api/object.js";
import type { DeepPartial } from "../gen/howbernetes/meta/v1/meta.js";

/**
 * Makes an object of a kind from what is given of it; lists and maps that are left out are empty, everything else is
 * absent and is given its default by the server.
 */
export function makeObject<T extends ApiObject>(kind: Kind<T>, parts: DeepPartial<T>): Whole<T> {
  return makeWhole(kind, parts as object);
}
