import { createLog } from "../../../src/base/log.js";
import { openEtcdStore } from "../../../src/storage/etcd/index.js";
import { type EtcdProcess, etcdAbsence, startEtcd } from "../storage/etcd-process.js";
import { apiConformance } from "./api-suite.js";

let etcd: EtcdProcess | undefined;

apiConformance("etcd", {
  absence: etcdAbsence,
  open: async () => {
    etcd = await startEtcd();
    return openEtcdStore({ endpoints: [etcd.endpoint], log: createLog("test", "silent") });
  },
  stop: async () => etcd?.stop(),
});
