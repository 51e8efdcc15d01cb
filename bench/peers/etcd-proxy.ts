/**
 * The peer of reads and writes: a bare grpc-js server that passes each compare-and-swap and each linearizable read on to
 * etcd, and does nothing else. Its arguments: a file with its certificates, etcd's address.
 */
import { Server, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { createLog } from "../../src/base/log.js";
import { openEtcdStore } from "../../src/storage/etcd/index.js";
import { decodeEntry, encodeEntry } from "./entry.js";
import { listen } from "./listen.js";
import { PlainWrites } from "./plain-writes.js";

const store = await openEtcdStore({ endpoints: [process.argv[3] ?? ""], log: createLog("bench", "error") });
const writes = new PlainWrites(process.argv[3] ?? "");
const server = new Server();
const asIs = (bytes: Buffer): Buffer => bytes;

/** Serves a method by a function of bytes. */
function serve(name: string, answer: (request: Buffer) => Promise<Buffer>): void {
  const handle = (call: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>): void => {
    answer(call.request).then(
      (response) => done(null, response),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
    );
  };
  server.register(`/bench.Proxy/${name}`, handle as never, asIs, asIs, "unary");
}

serve("Create", async (request) => {
  const { key, value } = decodeEntry(request);
  return encodeEntry({ key, value, revision: await writes.create(key, value) });
});
serve("Update", async (request) => {
  const { key, value, revision } = decodeEntry(request);
  return encodeEntry({ key, value, revision: await writes.update(key, value, revision) });
});
serve("Get", async (request) => {
  const { key } = decodeEntry(request);
  const { value } = await store.get(key);
  if (value === undefined) throw new Error(`no ${key}`);
  return encodeEntry({ key, value: value.value, revision: value.revision });
});
listen(server);
