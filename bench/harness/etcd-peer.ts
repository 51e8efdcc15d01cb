import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import type { Client } from "@grpc/grpc-js";
import { createLog } from "../../src/base/log.js";
import { openEtcdStore } from "../../src/storage/etcd/index.js";
import { keyRange } from "../../src/storage/etcd/key-range.js";
import { loadWatchMethod, type WatchResponse } from "../../src/storage/etcd/watch-messages.js";
import type { Store } from "../../src/storage/interface.js";
import { type EtcdProcess, startEtcd } from "../../test/conformance/storage/etcd-process.js";
import { createTestPki } from "../../test/fakes/test-pki.js";
import { PlainWrites } from "../peers/plain-writes.js";
import { connect, rawCall } from "./raw-calls.js";

/** An etcd: the store behind the api-server, and the peer that clients talk to directly, with TLS as the api-server's do. */
export class EtcdPeer {
  private constructor(
    private readonly process: EtcdProcess,
    readonly store: Store,
    private readonly plain: PlainWrites,
    private readonly client: Client,
    private readonly directory: string,
  ) {}

  static async start(): Promise<EtcdPeer> {
    const directory = mkdtempSync(join(tmpdir(), "howbernetes-bench-etcd-"));
    const pki = await createTestPki();
    const [server, client] = [await pki.server(), await pki.client("bench")];
    const files = { ca: join(directory, "ca"), cert: join(directory, "cert"), key: join(directory, "key") };
    for (const name of ["ca", "cert", "key"] as const) writeFileSync(files[name], server[name]);
    const process = await startEtcd(files);
    const store = await openEtcdStore({ endpoints: [process.endpoint], log: createLog("bench", "error") });
    return new EtcdPeer(process, store, new PlainWrites(process.endpoint), connect(process.secureEndpoint ?? "", client), directory);
  }

  /** "host:port" without TLS, for the api-server. */
  get endpoint(): string {
    return this.process.endpoint;
  }

  async stop(): Promise<void> {
    this.client.close();
    this.plain.close();
    await this.store.close();
    await this.process.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Creates keys, many at once, each at a revision of its own. @returns their revisions, ascending */
  async createMany(count: number, entry: (index: number) => { readonly key: string; readonly value: Uint8Array }): Promise<number[]> {
    const revisions: number[] = [];
    let next = 0;
    const writer = async (): Promise<void> => {
      for (let index = next++; index < count; index = next++) {
        const { key, value } = entry(index);
        revisions.push(await this.plain.create(key, value));
      }
    };
    await Promise.all(Array.from({ length: 64 }, writer));
    return revisions.sort((a, b) => a - b);
  }

  /** Has each caller replace a key of its own, by compare-and-swap, `count` times in all. @returns how many a second */
  async swapMany(callers: number, count: number, value: Uint8Array): Promise<number> {
    const keys = Array.from({ length: callers }, (_none, caller) => `/swap/${process.pid}-${performance.now()}-${caller}`);
    const swap = async (key: string): Promise<void> => {
      let revision = await this.plain.create(key, value);
      for (let left = count / callers; left > 0; left--) revision = await this.plain.update(key, value, revision);
    };
    const began = performance.now();
    await Promise.all(keys.map(swap));
    return (count * 1_000) / (performance.now() - began);
  }

  /** Everything under a prefix, in one answer. @returns its size */
  async range(prefix: string): Promise<number> {
    const { key, range_end: end } = keyRange(prefix);
    const request = new BinaryWriter().uint32(10).bytes(key);
    if (end !== undefined) request.uint32(18).bytes(end);
    return (await rawCall(this.client, "/etcdserverpb.KV/Range", request.finish())).length;
  }

  /** Watches a prefix from a revision until `onMessage` says that it has seen enough. */
  async watch(prefix: string, fromRevision: number, onMessage: (message: WatchResponse) => boolean): Promise<void> {
    const { path, serialize, deserialize } = await loadWatchMethod();
    const call = this.client.makeBidiStreamRequest(path, serialize, deserialize);
    await new Promise<void>((resolve, reject) => {
      call.on("error", reject);
      call.on("data", (message: WatchResponse) => {
        if (!onMessage(message)) return;
        call.removeListener("error", reject);
        call.on("error", () => undefined);
        call.cancel();
        resolve();
      });
      call.write({ create_request: { ...keyRange(prefix), start_revision: fromRevision, prev_kv: false, fragment: false } });
    });
  }
}
