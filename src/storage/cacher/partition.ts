import type { Kind } from "../../api/kinds/kind.js";
import type { CachedObject, Scope } from "./interface.js";

/**
 * Names the parts into which a kind's objects, and its watchers, are sorted: everything, one namespace, one value of the
 * kind's indexed field. A read or a change then costs only the parts that it concerns.
 */
export interface Partition {
  /** Every part that an object is in. */
  of(object: CachedObject): readonly string[];
  /** The smallest part that holds all that a scope selects. */
  covering(scope: Scope): string;
}

/** The part that every object is in. */
export const everything = "*";
const inNamespace = (namespace: string): string => `namespace/${namespace}`;
const withValue = (value: string): string => `field/${value}`;

/** Sorts by namespace (of namespaced kinds) and by the kind's indexed field. */
export function createPartition(kind: Kind): Partition {
  const field = kind.indexedField;
  const readValue = field === undefined ? undefined : kind.selectableFields[field];
  return {
    of: ({ object }) => {
      const parts = [everything];
      if (kind.namespaced) parts.push(inNamespace(object.metadata.namespace));
      if (readValue !== undefined) parts.push(withValue(readValue(object)));
      return parts;
    },
    covering: ({ namespace, fields }) => {
      const value = field === undefined ? undefined : fields.required(field);
      if (value !== undefined && readValue !== undefined) return withValue(value);
      return kind.namespaced && namespace !== "" ? inNamespace(namespace) : everything;
    },
  };
}
