import { randomUUID } from "node:crypto";
import type { Revision } from "../interface.js";
import type { EtcdCalls } from "./etcd-calls.js";
import { writeTransaction } from "./write-transaction.js";

/** Where the cluster's identity is kept, from its first start on. */
export const clusterUidKey = "/howbernetes/cluster-uid";

const absent: Revision = 0;

/** Reads the cluster's identity, or gives it one: of many that try at the same time all get the same. */
export async function ensureClusterUid(calls: EtcdCalls): Promise<string> {
  const proposed = Buffer.from(randomUUID());
  const write = { kind: "create", key: clusterUidKey, value: proposed, ifRevision: absent, options: {} } as const;
  await calls.txn(writeTransaction(write));
  // Whoever created it, what is there now stays.
  const { kvs } = await calls.range({ key: Buffer.from(clusterUidKey) });
  return kvs[0]?.value.toString() ?? proposed.toString();
}
