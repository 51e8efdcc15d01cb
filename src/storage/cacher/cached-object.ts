import { spliceResourceVersion } from "../../api/codec/resource-version.js";
import { decodeWhole } from "../../api/codec/whole.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject } from "../../api/object.js";
import type { Revision, StoredValue } from "../interface.js";
import type { EventEncoder } from "./event-encoder.js";
import { type Facets, facetsOf } from "./facets.js";
import type { CachedObject } from "./interface.js";

/** Turns what the store keeps into what readers get: resourceVersion spliced in, decoded once. @throws Error when the bytes are no such object */
export function toCachedObject<T extends ApiObject>(kind: Kind<T>, stored: StoredValue): CachedObject<T> {
  const bytes = spliceResourceVersion(stored.value, stored.revision);
  return { key: stored.key, revision: stored.revision, bytes, object: decodeWhole(kind, bytes) };
}

/** A version of an object as history keeps it: the event that told of it, and what selectors read of it. */
export interface KeptObject {
  readonly key: string;
  readonly revision: Revision;
  readonly facets: Facets;
  readonly type: "added" | "modified";
  /** The WatchResponse of `type` about this version; the object's bytes are the end of it. */
  readonly message: Buffer;
  /** Where in `message` the object's bytes begin. */
  readonly offset: number;
}

/** A present object. */
export interface IndexedObject extends CachedObject {
  readonly kept: KeptObject;
}

/** What is needed to turn stored values into indexed objects. */
export interface ObjectReader {
  readonly kind: Kind;
  readonly encoder: EventEncoder;
}

/**
 * As `toCachedObject`, for the cache: the object's bytes lie within the event that tells of it, so that neither is copied.
 * @throws Error when the bytes are no such object
 */
export function toIndexedObject({ kind, encoder }: ObjectReader, stored: StoredValue, type: KeptObject["type"]): IndexedObject {
  const { key, revision } = stored;
  const { message, offset } = encoder.stored(type, stored);
  const bytes = message.subarray(offset);
  const object = decodeWhole(kind, bytes);
  return { key, revision, bytes, object, kept: { key, revision, facets: facetsOf(kind, object), type, message, offset } };
}
