import { expect } from "chai";
import type { ITxnResponse } from "etcd3";
import fc from "fast-check";
import { isGuardFailure, isKeyExists } from "../errors.js";
import { batchOutcomes, batchTransaction, refusalAfter, revisionsLeft, takeBatch } from "./write-batch.js";
import { type EtcdWrite, writeTransaction } from "./write-transaction.js";

const write = (key: string, fields: Partial<EtcdWrite> = {}): EtcdWrite => ({
  kind: "create",
  key,
  value: Buffer.from("value"),
  ifRevision: 0,
  options: {},
  ...fields,
});
const queued = (...writes: readonly EtcdWrite[]) => writes.map((each) => ({ write: each }));
const guardedBy = (...keys: readonly string[]) => ({ options: { guards: keys.map((key) => ({ key, revision: 1 })) } });
const putting = (key: string) => ({ options: { also: [{ key, value: Buffer.from("more") }] } });
const taken = (...writes: readonly EtcdWrite[]): readonly string[] => takeBatch(queued(...writes)).batch.map((each) => each.write.key);

describe("takeBatch", () => {
  it("takes writes of different keys together, and those that rest on the same guard", () => {
    expect(taken(write("a"), write("b", guardedBy("fence")), write("c", guardedBy("fence")))).to.deep.equal(["a", "b", "c"]);
  });

  const apart: readonly (readonly [string, EtcdWrite, EtcdWrite])[] = [
    ["write the same key", write("a"), write("a")],
    ["put the same further key", write("a", putting("x")), write("b", putting("x"))],
    ["rest on what the other writes", write("a"), write("b", guardedBy("a"))],
    ["write what the other rests on", write("b", guardedBy("a")), write("a")],
    ["put what the other rests on", write("b", guardedBy("x")), write("a", putting("x"))],
    ["hold more than a request may", write("a", { value: Buffer.alloc(300_000) }), write("b", { value: Buffer.alloc(300_000) })],
    ["are too large to go with others, first", write("a", { value: Buffer.alloc(600_000) }), write("b")],
    ["are too large to go with others, last", write("a"), write("b", { value: Buffer.alloc(600_000) })],
    [
      "compare more than may be compared within",
      write("a", guardedBy(...Array.from({ length: 20 }, (_, place) => `g${place}`))),
      write("b"),
    ],
  ];
  for (const [does, first, second] of apart) {
    it(`keeps two apart that ${does}`, () => {
      const { batch, rest } = takeBatch(queued(first, second));

      expect([batch, rest].map((part) => part.map((each) => each.write))).to.deep.equal([[first], [second]]);
    });
  }

  it("lets nobody overtake a write that it has to do with", () => {
    expect(taken(write("a"), write("b", guardedBy("a")), write("b"), write("c", guardedBy("b")), write("d"))).to.deep.equal(["a", "d"]);
  });

  it("takes 64, and leaves the others in their order", () => {
    const writes = Array.from({ length: 200 }, (_, place) => write(`k${place}`));
    const { batch, rest } = takeBatch(queued(...writes));

    expect(batch.map((each) => each.write)).to.deep.equal(writes.slice(0, 64));
    expect(rest.map((each) => each.write)).to.deep.equal(writes.slice(64));
  });

  it("looks for company only so far", () => {
    const contested = Array.from({ length: 300 }, () => write("a"));
    const { batch, rest } = takeBatch(queued(...contested, write("b")));

    expect([batch.length, rest.length]).to.deep.equal([1, 300]);
  });
});

describe("batchTransaction", () => {
  it("is the write's own transaction when that is alone", () => {
    expect(batchTransaction([write("a")])).to.deep.equal(writeTransaction(write("a")));
  });

  it("holds each write's own transaction, on no condition", () => {
    const writes = [write("a"), write("b", guardedBy("a"))];

    expect(batchTransaction(writes)).to.deep.equal({
      compare: [],
      success: writes.map((each) => ({ request_txn: writeTransaction(each) })),
      failure: [],
    });
  });
});

describe("batchOutcomes", () => {
  const read = (...revisions: readonly number[]) => ({
    succeeded: false,
    responses: revisions.map((revision) => ({ response_range: { kvs: revision === 0 ? [] : [{ mod_revision: String(revision) }] } })),
  });
  const response = (...within: readonly object[]): ITxnResponse =>
    ({ header: { revision: "9" }, succeeded: true, responses: within.map((own) => ({ response_txn: own })) }) as unknown as ITxnResponse;

  it("tells each write apart: its revision, or why it was refused", () => {
    const [made, exists, fenced] = batchOutcomes(
      [write("a"), write("b"), write("c", guardedBy("fence"))],
      response({ succeeded: true, responses: [] }, read(4), read(3, 0)),
    );

    expect(made).to.equal(9);
    expect(isKeyExists(exists)).to.equal(true);
    expect(isGuardFailure(fenced) && fenced.key).to.equal("fence");
  });

  it("fails all when an answer is missing", () => {
    expect(() => batchOutcomes([write("a"), write("b")], response({ succeeded: true, responses: [] }))).to.throw("lacks one of its writes");
  });
});

describe("refusalAfter", () => {
  const left = revisionsLeft(
    [write("a"), write("b", putting("x")), write("c", { kind: "delete", ifRevision: 3 }), write("d")],
    [7, 7, 7, new Error("refused")],
  );
  const cases: readonly (readonly [does: string, write: EtcdWrite, error: string | undefined])[] = [
    ["lets pass what nothing is known of", write("d"), undefined],
    ["refuses to create what is there now", write("a"), "KeyExistsError"],
    ["refuses to update what has changed", write("b", { kind: "update", ifRevision: 5 }), "RevisionMismatchError"],
    ["lets an update of what is there now pass", write("b", { kind: "update", ifRevision: 7 }), undefined],
    ["refuses to delete what is gone", write("c", { kind: "delete", ifRevision: 3 }), "RevisionMismatchError"],
    ["lets be made anew what is gone", write("c"), undefined],
    ["refuses what rests on what has changed, first of all", write("a", guardedBy("x")), "GuardError"],
    ["refuses what rests on what is gone", write("e", guardedBy("c")), "GuardError"],
    ["lets pass what rests on nothing known", write("e", guardedBy("y")), undefined],
  ];
  for (const [does, tried, error] of cases) it(does, () => expect(refusalAfter(tried, left)?.name).to.equal(error));
});

describe("writes in batches", () => {
  const keys = fc.constantFrom("a", "b", "c", "d", "e");
  const anyWrite = fc
    .record({
      kind: fc.constantFrom("create", "update", "delete"),
      key: keys,
      ifRevision: fc.nat(3),
      guards: fc.array(fc.record({ key: keys, revision: fc.nat(3) }), { maxLength: 2 }),
      also: fc.array(fc.record({ key: fc.constantFrom("x", "y", "a"), value: fc.constant(Buffer.from("also")) }), { maxLength: 1 }),
    })
    .map(({ kind, key, ifRevision, guards, also }) =>
      write(key, {
        kind,
        ifRevision: kind === "create" ? 0 : ifRevision,
        options: { guards, also: also.filter((put) => put.key !== key) },
      }),
    );

  type State = Map<string, number>;
  const holds = (state: State, { kind, key, ifRevision, options: { guards = [] } }: EtcdWrite): boolean =>
    [...guards, { key, revision: ifRevision }].every((each) => (state.get(each.key) ?? 0) === each.revision) &&
    !(kind === "delete" && !state.has(key));
  const carryOut = (state: State, { kind, key, options: { also = [] } }: EtcdWrite, revision: number): void => {
    if (kind === "delete") state.delete(key);
    else state.set(key, revision);
    for (const put of also) state.set(put.key, revision);
  };

  it("do what they would do one after the other, even if all conditions are looked at first", () => {
    fc.assert(
      fc.property(fc.array(anyWrite, { maxLength: 30 }), fc.dictionary(keys, fc.integer({ min: 1, max: 3 })), (writes, initial) => {
        const inBatches: State = new Map(Object.entries(initial));
        const oneByOne: State = new Map(inBatches);
        let waiting = queued(...writes);
        let revision = 3;
        const done: EtcdWrite[] = [];
        while (waiting.length > 0) {
          const { batch, rest } = takeBatch(waiting);
          revision += 1;
          const accepted = batch.filter((each) => holds(inBatches, each.write));
          for (const each of accepted) carryOut(inBatches, each.write, revision);
          for (const each of batch) {
            expect(holds(oneByOne, each.write)).to.equal(accepted.includes(each));
            if (accepted.includes(each)) carryOut(oneByOne, each.write, revision);
            done.push(each.write);
          }
          const left = revisionsLeft(
            batch.map((each) => each.write),
            batch.map((each) => (accepted.includes(each) ? revision : new Error("refused"))),
          );
          // What is refused unsent would have been refused at this point, had it come alone.
          for (const each of rest) if (refusalAfter(each.write, left) !== undefined) expect(holds(oneByOne, each.write)).to.equal(false);
          waiting = rest;
        }
        expect(inBatches).to.deep.equal(oneByOne);
        const order = done.map((each) => writes.indexOf(each));
        expect([...order].sort((first, second) => first - second)).to.deep.equal([...writes.keys()]);
        for (const key of ["a", "b", "c", "d", "e"]) {
          const ofKey = order.filter((place) => writes[place]?.key === key);
          expect(ofKey, `order of writes of ${key}`).to.deep.equal([...ofKey].sort((first, second) => first - second));
        }
      }),
    );
  });
});
