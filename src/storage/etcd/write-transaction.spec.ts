import { expect } from "chai";
import type { ITxnResponse } from "etcd3";
import { isGuardFailure, isKeyExists, isRevisionMismatch } from "../errors.js";
import { type EtcdWrite, refusal, writeTransaction } from "./write-transaction.js";

const write = (fields: Partial<EtcdWrite>): EtcdWrite => ({
  kind: "update",
  key: "/a",
  value: Buffer.from("new"),
  ifRevision: 5,
  options: {},
  ...fields,
});

describe("writeTransaction", () => {
  it("compares guards and the key, and writes all or nothing", () => {
    const also = [{ key: "/also", value: Buffer.from("too") }];
    const request = writeTransaction(write({ options: { guards: [{ key: "/fence", revision: 7 }], also } }));

    expect(request.compare).to.deep.equal([
      { target: "Mod", result: "Equal", key: Buffer.from("/fence"), mod_revision: 7 },
      { target: "Mod", result: "Equal", key: Buffer.from("/a"), mod_revision: 5 },
    ]);
    expect(request.success).to.deep.equal([
      { request_put: { key: Buffer.from("/a"), value: Buffer.from("new") } },
      { request_put: { key: Buffer.from("/also"), value: Buffer.from("too") } },
    ]);
  });

  it("deletes only what is there", () => {
    const request = writeTransaction(write({ kind: "delete" }));

    expect(request.compare).to.deep.include({ target: "Version", result: "Greater", key: Buffer.from("/a"), version: 0 });
    expect(request.success).to.deep.equal([{ request_delete_range: { key: Buffer.from("/a") } }]);
  });
});

describe("refusal", () => {
  const guards = [
    { key: "/fence", revision: 7 },
    { key: "/absent", revision: 0 },
  ];
  const read = (...revisions: readonly number[]): ITxnResponse =>
    ({
      succeeded: false,
      responses: revisions.map((revision) => ({ response_range: { kvs: revision === 0 ? [] : [{ mod_revision: String(revision) }] } })),
    }) as unknown as ITxnResponse;

  it("names the first guard that does not hold", () => {
    const error = refusal(write({ options: { guards } }), read(7, 3, 4));

    expect(isGuardFailure(error) && error.key).to.equal("/absent");
  });

  it("says what the key is at, when the guards hold", () => {
    const error = refusal(write({ options: { guards } }), read(7, 0, 4));

    expect(isRevisionMismatch(error) && error.actual).to.equal(4);
  });

  it("says that an absent key is at 0", () => {
    const error = refusal(write({}), read(0));

    expect(isRevisionMismatch(error) && error.actual).to.equal(0);
  });

  it("says that a key to be created is there", () => {
    expect(isKeyExists(refusal(write({ kind: "create", ifRevision: 0 }), read(4)))).to.equal(true);
  });
});
