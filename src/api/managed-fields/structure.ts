import { valueCodecs } from "../codec/json-values.js";
import type { FieldSchema } from "../schema/message-schema.js";
import { schema } from "../schema/schema.js";

/** Of what a field consists to server-side apply, and so what may have owners of its own. */
export type Structure =
  /** One value: a scalar, or something atomic, which is owned and replaced as a whole. */
  | { readonly type: "leaf" }
  /** Each field by itself. */
  | { readonly type: "struct"; readonly message: string }
  /** Each key by itself; `message` is that of its values, unless they are leaves. */
  | { readonly type: "map"; readonly message: string | undefined }
  /** Each item, which is a scalar, by itself. */
  | { readonly type: "set" }
  /** Each item by itself, known by some of its fields, and its other fields by themselves. */
  | { readonly type: "list"; readonly message: string; readonly keys: readonly string[] };

const leaf: Structure = { type: "leaf" };
const setOfScalars: Structure = { type: "set" };

/** The messages that Kubernetes marks atomic wherever they are used (`+structType=atomic`): half of one means nothing. */
const atomicMessages: ReadonlySet<string> = new Set([
  "howbernetes.meta.v1.LabelSelector",
  "howbernetes.meta.v1.OwnerReference",
  ...[
    "ConfigMapKeySelector",
    "FileKeySelector",
    "LocalObjectReference",
    "NodeSelector",
    "NodeSelectorTerm",
    "ObjectFieldSelector",
    "ObjectReference",
    "ResourceFieldSelector",
    "ScopeSelector",
    "ScopedResourceSelectorRequirement",
    "SecretKeySelector",
    "SecretReference",
    "TypedLocalObjectReference",
  ].map((name) => `howbernetes.core.v1.${name}`),
]);

/** How a field is divided among owners. */
export function structureOf(field: FieldSchema): Structure {
  const { cardinality, listType, message } = field;
  const isStruct = message !== undefined && !valueCodecs.has(message) && !atomicMessages.has(message);
  switch (cardinality) {
    case "singular":
      return isStruct ? { type: "struct", message } : leaf;
    case "map":
      return listType === "atomic" ? leaf : { type: "map", message: isStruct ? message : undefined };
    case "list":
      if (listType === "set") return setOfScalars;
      return listType === "map" && message !== undefined ? { type: "list", message, keys: field.listMapKeys } : leaf;
  }
}

/** Whether the items of a keyed list are themselves owned as a whole, keys apart. */
export function isAtomicMessage(message: string): boolean {
  return atomicMessages.has(message);
}

/**
 * What a key field has in an item that leaves it out; undefined when the item must have it. Kubernetes' schema gives a
 * default to what is always there in JSON, and to one optional field that is a key: a port's protocol.
 */
export function keyDefault(message: string, key: string): string | number | boolean | undefined {
  if (key === "protocol") return "TCP";
  const field = schema.message(message).byJsonName.get(key)?.field;
  if (field === undefined || field.omitEmpty || field.pointer) return undefined;
  return field.type === "string" ? "" : field.type === "bool" ? false : 0;
}
