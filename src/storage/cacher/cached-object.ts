import { spliceResourceVersion } from "../../api/codec/resource-version.js";
import { decodeWhole } from "../../api/codec/whole.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import type { Revision, StoredValue } from "../interface.js";
import type { EventEncoder } from "./event-encoder.js";
import { type Facets, facetsOf } from "./facets.js";
import type { CachedObject } from "./interface.js";

/**
 * An object as its bytes, decoded when somebody asks what it says, and from then on kept so. Most objects are written,
 * listed and watched without that; decoded they are many times as large.
 */
abstract class EncodedObject<T extends ApiObject> implements CachedObject<T> {
  abstract readonly key: string;
  abstract readonly revision: Revision;
  abstract readonly bytes: Uint8Array;
  private decoded: Whole<T> | undefined;

  constructor(private readonly kind: Kind<T>) {}

  get object(): Whole<T> {
    this.decoded ??= decodeWhole(this.kind, this.bytes);
    return this.decoded;
  }

  /** Decodes it now. @throws Error when the bytes are no such object */
  checked(): this {
    this.decoded = this.object;
    return this;
  }
}

class StoredObject<T extends ApiObject> extends EncodedObject<T> {
  readonly key: string;
  readonly revision: Revision;
  readonly bytes: Uint8Array;

  constructor(kind: Kind<T>, { key, revision, value }: StoredValue) {
    super(kind);
    this.key = key;
    this.revision = revision;
    this.bytes = spliceResourceVersion(value, revision);
  }
}

/** Turns what has just been stored into what readers get: resourceVersion spliced in. */
export function writtenObject<T extends ApiObject>(kind: Kind<T>, written: StoredValue): CachedObject<T> {
  return new StoredObject(kind, written);
}

/** As `writtenObject`, of what the store keeps. @throws Error when the bytes are no such object */
export function toCachedObject<T extends ApiObject>(kind: Kind<T>, stored: StoredValue): CachedObject<T> {
  return new StoredObject(kind, stored).checked();
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
export class IndexedObject extends EncodedObject<ApiObject> {
  constructor(
    kind: Kind,
    readonly kept: KeptObject,
  ) {
    super(kind);
  }

  get key(): string {
    return this.kept.key;
  }

  get revision(): Revision {
    return this.kept.revision;
  }

  get bytes(): Uint8Array {
    return bytesOf(this.kept);
  }
}

/** The object's bytes, within the event that tells of it. */
export const bytesOf = ({ message, offset }: KeptObject): Uint8Array => message.subarray(offset);

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
  // Read once: past the facets, what it says is garbage before it has grown old.
  const facets = facetsOf(kind, decodeWhole(kind, message.subarray(offset)));
  return new IndexedObject(kind, { key, revision, facets, type, message, offset });
}
