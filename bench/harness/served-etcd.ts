import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeObject } from "../../src/api/codec/encode.js";
import { makeWhole } from "../../src/api/codec/whole.js";
import { configMapKind } from "../../src/api/kinds/configmap/kind.js";
import { kindPrefix, storeKey } from "../../src/storage/keys.js";
import { ApiServerProcess } from "./api-server-process.js";
import { EtcdPeer } from "./etcd-peer.js";
import { withLag } from "./event-loop-lag.js";
import type { Comparison } from "./measurement.js";

/** Where the ConfigMaps that benchmarks read are. */
export const configMapPrefix = kindPrefix(configMapKind);
const namespace = "default";

/** A ConfigMap of a kilobyte, as the store keeps it. */
export function configMapEntry(index: number): { readonly key: string; readonly value: Uint8Array } {
  const name = `config-${String(index).padStart(6, "0")}`;
  const metadata = { name, namespace, uid: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`, labels: { app: "bench" } };
  const object = makeWhole(configMapKind, { metadata, data: { value: "x".repeat(850) } });
  return { key: storeKey(configMapKind, { namespace, name }), value: encodeObject(configMapKind, object) };
}

/** What a benchmark of the read side works with. */
export interface ServedEtcd {
  readonly etcd: EtcdPeer;
  readonly server: ApiServerProcess;
  /** Revisions of the ConfigMaps made at first, ascending. */
  readonly revisions: readonly number[];
}

/** Runs `work` on an etcd that holds so many ConfigMaps of a kilobyte, and an api-server started after they were made. */
export async function withServedEtcd(
  configMaps: number,
  work: (served: ServedEtcd) => Promise<readonly Comparison[]>,
): Promise<readonly Comparison[]> {
  const etcd = await EtcdPeer.start();
  try {
    const revisions = await etcd.createMany(configMaps, configMapEntry);
    const server = await ApiServerProcess.start(etcd.endpoint, mkdtempSync(join(tmpdir(), "howbernetes-bench-")));
    try {
      return await withLag(await work({ etcd, server, revisions }), server.httpAddress);
    } finally {
      await server.stop();
    }
  } finally {
    await etcd.stop();
  }
}
