import { makeWhole } from "../api/codec/whole.js";
import type { Kind } from "../api/kinds/kind.js";
import type { ApiObject, Whole } from "../api/object.js";

/** Any part of a message, at any depth. */
export type Partially<T> = T extends Uint8Array | Date
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Partially<Item>[]
    : T extends { readonly $case: string }
      ? T
      : T extends object
        ? { readonly [Key in keyof T]?: Partially<T[Key]> }
        : T;

/**
 * Makes an object of a kind from what is given of it; lists and maps that are left out are empty, everything else is
 * absent and is given its default by the server.
 */
export function makeObject<T extends ApiObject>(kind: Kind<T>, parts: Partially<T>): Whole<T> {
  return makeWhole(kind, parts as object);
}
