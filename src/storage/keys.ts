import type { ObjectKey } from "../api/object.js";

interface Resource {
  readonly group: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** Prefix of all keys of a kind: `/registry/<group>/<plural>/`, with "core" for the core group. */
export function kindPrefix({ group, plural }: Resource): string {
  return `/registry/${group === "" ? "core" : group}/${plural}/`;
}

/** Prefix of a kind's keys in one namespace, or of all of them. */
export function namespacePrefix(kind: Resource, namespace: string): string {
  return kind.namespaced && namespace !== "" ? `${kindPrefix(kind)}${namespace}/` : kindPrefix(kind);
}

/** The key under which an object is stored: `/registry/<group>/<plural>/[<namespace>/]<name>`. */
export function storeKey(kind: Resource, key: ObjectKey): string {
  return namespacePrefix(kind, key.namespace) + key.name;
}

/** Where a lease's fence is kept: rewritten, in the same transaction, whenever the lease's holder changes. */
export function fenceKey(lease: ObjectKey): string {
  return `/fence/${lease.namespace}/${lease.name}`;
}

/** Where a join token's record is kept until it is used. */
export function joinTokenKey(id: string): string {
  return `/jointokens/${id}`;
}

/** Prefix of the keys that `quotaTurnKey` gives. */
export const quotaTurnPrefix = "/quota/";

/** Rewritten with each new object of the kind in a namespace that has a quota on it: what was counted before is stale then. */
export function quotaTurnKey(kind: Resource, namespace: string): string {
  return `${quotaTurnPrefix}${namespace}/${kind.group === "" ? "core" : kind.group}/${kind.plural}`;
}

/** The namespace that a key of `quotaTurnKey` is about. */
export function quotaTurnNamespace(key: string): string {
  return key.slice(quotaTurnPrefix.length).split("/")[0] ?? "";
}
