import { spliceResourceVersion } from "../../api/codec/resource-version.js";
import { decodeWhole } from "../../api/codec/whole.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject } from "../../api/object.js";
import type { StoredValue } from "../interface.js";
import type { CachedObject } from "./interface.js";

/** Turns what the store keeps into what readers get: resourceVersion spliced in, decoded once. @throws Error when the bytes are no such object */
export function toCachedObject<T extends ApiObject>(kind: Kind<T>, stored: StoredValue): CachedObject<T> {
  const bytes = spliceResourceVersion(stored.value, stored.revision);
  return { key: stored.key, revision: stored.revision, bytes, object: decodeWhole(kind, bytes) };
}
