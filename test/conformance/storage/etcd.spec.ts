import { createLog } from "../../../src/base/log.js";
import { isStoreUnavailable } from "../../../src/storage/errors.js";
import { openEtcdStore } from "../../../src/storage/etcd/index.js";
import type { Store } from "../../../src/storage/interface.js";
import { type EtcdProcess, etcdAbsence, startEtcd } from "./etcd-process.js";
import { type Acknowledged, storeConformance } from "./store-suite.js";

const log = createLog("test", "silent");
const writesBeforeKill = 1_000;

storeConformance("the etcd store", {
  absence: etcdAbsence,
  start: async () => {
    const etcd = await startEtcd();
    const open = (): Promise<Store> => openEtcdStore({ endpoints: [etcd.endpoint], log });
    return { open, crashUnderLoad: (prefix) => crashEtcd(etcd, open, prefix), stop: () => etcd.stop() };
  },
});

async function crashEtcd(etcd: EtcdProcess, open: () => Promise<Store>, prefix: string): Promise<readonly Acknowledged[]> {
  const store = await open();
  const acknowledged: Acknowledged[] = [];
  let killed: Promise<void> | undefined;
  const write = async (writer: number): Promise<void> => {
    for (let index = 0; ; index += 1) {
      const key = `${prefix}${writer}/${index}`;
      acknowledged.push({ key, revision: await store.create(key, Buffer.alloc(500)) });
      if (acknowledged.length === writesBeforeKill) killed = etcd.kill();
    }
  };
  const results = await Promise.allSettled(Array.from({ length: 16 }, (_, writer) => write(writer)));
  for (const result of results) if (result.status === "rejected" && !isStoreUnavailable(result.reason)) throw result.reason;
  await store.close();
  await killed;
  await etcd.restart();
  return acknowledged;
}
