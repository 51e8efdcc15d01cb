import { typeUrl } from "../../api/codec/any.js";
import { varintLength, writeVarint } from "../../api/codec/varint.js";
import type { Kind } from "../../api/kinds/kind.js";
import { ListResponse } from "../../gen/howbernetes/api/v1/resources.js";
import type { CachedObject } from "../../storage/cacher/interface.js";

/** A list, or a page of one, whose objects are encoded already. */
export interface EncodableList extends Omit<ListResponse, "items"> {
  readonly kind: Kind;
  readonly objects: readonly CachedObject[];
}

// Tags of ListResponse.items, Any.type_url and Any.value, all of them length-delimited.
const itemTag = 0x22;
const typeUrlTag = 0x0a;
const valueTag = 0x12;

/**
 * Encodes a ListResponse into one buffer of exactly its size, in steps between which `pause` may give way: a list of
 * everything must not hold the event loop, nor be held in memory twice.
 */
export async function encodeList({ kind, objects, ...list }: EncodableList, pause: () => Promise<void> | undefined): Promise<Buffer> {
  const head = ListResponse.encode({ ...list, items: [] }).finish();
  const url = Buffer.from(typeUrl(kind.typeName));
  const urlField = Buffer.concat([Buffer.of(typeUrlTag), varint(url.length), url]);
  const anyLength = (valueLength: number): number => urlField.length + 1 + varintLength(valueLength) + valueLength;
  let length = head.length;
  for (const { bytes } of objects) {
    const any = anyLength(bytes.length);
    length += 1 + varintLength(any) + any;
  }
  const out = Buffer.allocUnsafe(length);
  out.set(head);
  let at = head.length;
  for (const { bytes } of objects) {
    out[at] = itemTag;
    at = writeVarint(out, at + 1, anyLength(bytes.length));
    out.set(urlField, at);
    at += urlField.length;
    out[at] = valueTag;
    at = writeVarint(out, at + 1, bytes.length);
    out.set(bytes, at);
    at += bytes.length;
    const turn = pause();
    if (turn !== undefined) await turn;
  }
  return out;
}

function varint(value: number): Buffer {
  const bytes = Buffer.alloc(varintLength(value));
  writeVarint(bytes, 0, value);
  return bytes;
}
