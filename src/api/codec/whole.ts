import type { Kind } from "../kinds/kind.js";
import type { ApiObject, Whole, WholeMeta } from "../object.js";
import { schema } from "../schema/schema.js";
import { valueCodecs } from "./json-values.js";

/** Decodes an object that has passed the wire check. @throws Error on bytes that are no protobuf */
export function decodeWhole<T extends ApiObject>(kind: Kind<T>, bytes: Uint8Array): Whole<T> {
  return complete(kind, kind.message.decode(bytes));
}

/** Makes an object from what is given of it; the rest is empty. */
export function makeWhole<T extends ApiObject>(kind: Kind<T>, partial: object): Whole<T> {
  return complete(kind, kind.message.fromPartial(partial));
}

/** Fills in what every object past the wire has. Works on the message itself, which the caller gives away. */
export function complete<T extends ApiObject>(kind: Kind<T>, message: T): Whole<T> {
  const draft = message as Record<string, unknown>;
  const { byJsonName } = schema.message(kind.typeName);
  for (const part of ["metadata", "spec", "status"]) {
    const field = byJsonName.get(part)?.field;
    if (field?.message !== undefined && draft[part] === undefined) draft[part] = emptyMessage(field.message);
  }
  const metadata = draft.metadata as WholeMeta;
  metadata.name ??= "";
  metadata.namespace ??= "";
  metadata.uid ??= "";
  metadata.resourceVersion ??= "";
  return message as Whole<T>;
}

/**
 * A message with nothing set, in ts-proto's shape: lists and maps present, scalars undefined, and the messages that
 * Kubernetes holds by value present too, so that equal objects are equal bytes whichever way they came.
 */
export function emptyMessage(typeName: string): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  for (const { name, cardinality, message: inner, pointer } of schema.message(typeName).fields) {
    const isHeldByValue = inner !== undefined && !pointer && !valueCodecs.has(inner);
    message[name] = cardinality === "list" ? [] : cardinality === "map" ? {} : isHeldByValue ? emptyMessage(inner) : undefined;
  }
  return message;
}
