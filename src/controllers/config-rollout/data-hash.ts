import { createHash } from "node:crypto";
import type { Whole } from "../../api/object.js";
import type { ConfigMap } from "../../gen/howbernetes/core/v1/config_map.js";
import type { Secret } from "../../gen/howbernetes/core/v1/secret.js";

const hashLength = 16;

/** Stands for what a ConfigMap holds: the same for the same, whatever object it is in. */
export function configMapHash({ data, binaryData }: Whole<ConfigMap>): string {
  return hashOf([...Object.entries(data), ...Object.entries(binaryData)]);
}

/**
 * Stands for what a Secret holds, for as long as it is this Secret. Its uid, which only those may see that may see what
 * it holds, is hashed with it: nobody who sees the hash can find out by trying whether a guess is right.
 */
export function secretHash({ metadata, data }: Whole<Secret>): string {
  return hashOf([["", metadata.uid], ...Object.entries(data)]);
}

/** Lengths are hashed too, so that what belongs to one key cannot pass for another's. */
function hashOf(entries: readonly (readonly [key: string, value: string | Uint8Array])[]): string {
  const hash = createHash("sha256");
  for (const [key, value] of [...entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${typeof value} ${Buffer.byteLength(key)} ${Buffer.byteLength(value)} ${key}`).update(value);
  }
  return hash.digest("hex").slice(0, hashLength);
}

/** A short name for a text. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, hashLength);
}
