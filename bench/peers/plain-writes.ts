import { EtcdCalls } from "../../src/storage/etcd/etcd-calls.js";
import { type EtcdWrite, refusal, writeTransaction } from "../../src/storage/etcd/write-transaction.js";

/** Compare-and-swaps as etcd offers them: a transaction and a revision for each, where our store lets writes share them. */
export class PlainWrites {
  private readonly calls: EtcdCalls;

  constructor(endpoint: string) {
    this.calls = new EtcdCalls([endpoint], undefined);
  }

  create(key: string, value: Uint8Array): Promise<number> {
    return this.write({ kind: "create", key, value, ifRevision: 0, options: {} });
  }

  update(key: string, value: Uint8Array, ifRevision: number): Promise<number> {
    return this.write({ kind: "update", key, value, ifRevision, options: {} });
  }

  close(): void {
    this.calls.close();
  }

  private async write(write: EtcdWrite): Promise<number> {
    const response = await this.calls.txn(writeTransaction(write));
    if (!response.succeeded) throw refusal(write, response);
    return Number(response.header.revision);
  }
}
