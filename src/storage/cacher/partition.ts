import type { Kind } from "../../api/kinds/kind.js";
import { storeKey } from "../keys.js";
import type { Facets } from "./facets.js";
import type { Scope } from "./interface.js";

/**
 * Names the parts into which a kind's objects, and its watchers, are sorted: everything, one namespace, one value of the
 * kind's indexed field. A read or a change then costs only the parts that it concerns.
 */
export interface Partition {
  /** Every part that an object is in. */
  of(facets: Facets): readonly string[];
  /** The smallest part that holds all that a scope selects. */
  covering(scope: Scope): string;
  /** The store key of the one object that a scope can select, if it names one. */
  single(scope: Scope): string | undefined;
}

/** The part that every object is in. */
export const everything = "*";
const inNamespace = (namespace: string): string => `namespace/${namespace}`;
const withValue = (value: string): string => `field/${value}`;

/** Sorts by namespace (of namespaced kinds) and by the kind's indexed field. */
export function createPartition(kind: Kind): Partition {
  const field = kind.indexedField;
  const namespaceOf = ({ namespace, fields }: Scope): string =>
    namespace === "" ? (fields.required("metadata.namespace") ?? "") : namespace;
  return {
    of: (facets) => {
      const parts = [everything];
      if (kind.namespaced) parts.push(inNamespace(facets.namespace));
      if (field !== undefined) parts.push(withValue(facets.field(field)));
      return parts;
    },
    covering: (scope) => {
      const value = field === undefined ? undefined : scope.fields.required(field);
      if (value !== undefined) return withValue(value);
      const namespace = kind.namespaced ? namespaceOf(scope) : "";
      return namespace === "" ? everything : inNamespace(namespace);
    },
    single: (scope) => {
      const name = scope.fields.required("metadata.name");
      const namespace = kind.namespaced ? namespaceOf(scope) : "";
      return name === undefined || (kind.namespaced && namespace === "") ? undefined : storeKey(kind, { namespace, name });
    },
  };
}
