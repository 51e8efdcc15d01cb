import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";

/** What the proxy is sent and answers: as large as what the api-server is sent and answers. */
export interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
  readonly revision: number;
}

export function encodeEntry({ key, value, revision }: Entry): Buffer {
  const writer = new BinaryWriter().uint32(10).string(key).uint32(18).bytes(value).uint32(24).int64(revision);
  return Buffer.from(writer.finish());
}

export function decodeEntry(bytes: Uint8Array): Entry {
  const reader = new BinaryReader(bytes);
  reader.uint32();
  const key = reader.string();
  reader.uint32();
  const value = reader.bytes();
  reader.uint32();
  return { key, value, revision: Number(reader.int64()) };
}
