import type { ObjectMeta } from "../gen/howbernetes/meta/v1/meta.js";

/** Any message that is a kind: ts-proto's shape of it. */
export interface ApiObject {
  metadata: ObjectMeta | undefined;
}

/** Metadata of an object that has passed the codec: identity is always present ("" where it has none yet). */
export interface WholeMeta extends ObjectMeta {
  name: string;
  /** "" for cluster-scoped objects. */
  namespace: string;
  uid: string;
  /** "" until stored. */
  resourceVersion: string;
}

/**
 * An object past the wire: metadata, and the spec and status that its kind has, are present. Checked once in the
 * codec, never again. Cached objects are shared: copy (`structuredClone`), never change.
 */
export type Whole<T extends ApiObject> = {
  [Key in keyof T]: Key extends "metadata" ? WholeMeta : Key extends "spec" | "status" ? NonNullable<T[Key]> : T[Key];
};

/** What names an object within its kind. */
export interface ObjectKey {
  /** "" for cluster-scoped objects. */
  readonly namespace: string;
  readonly name: string;
}

/** The key of an object. */
export function keyOf(object: { metadata: { namespace: string; name: string } }): ObjectKey {
  return { namespace: object.metadata.namespace, name: object.metadata.name };
}

/** "namespace/name", or "name" for cluster-scoped objects: for logs, maps and work queues. */
export function formatKey(key: ObjectKey): string {
  return key.namespace === "" ? key.name : `${key.namespace}/${key.name}`;
}

/** Reads what `formatKey` wrote. */
export function parseKey(text: string): ObjectKey {
  const slash = text.indexOf("/");
  return slash < 0 ? { namespace: "", name: text } : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}
