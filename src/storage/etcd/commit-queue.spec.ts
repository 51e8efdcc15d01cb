import { expect } from "chai";
import type { ITxnRequest, ITxnResponse } from "etcd3";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { type Deferred, deferred } from "../../base/abort.js";
import { isKeyExists, isRevisionMismatch, isStoreUnavailable, StoreUnavailableError } from "../errors.js";
import { CommitQueue } from "./commit-queue.js";
import { callTimeoutMs } from "./etcd-calls.js";
import type { EtcdWrite } from "./write-transaction.js";

const create = (key: string): EtcdWrite => ({ kind: "create", key, value: Buffer.from("value"), ifRevision: 0, options: {} });
const update = (key: string, ifRevision: number): EtcdWrite => ({ ...create(key), kind: "update", ifRevision });
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

/** etcd, which answers when the test says so. */
class Transactions {
  readonly clock = new FakeClock();
  readonly sent: { readonly request: ITxnRequest; readonly answer: Deferred<ITxnResponse> }[] = [];
  readonly queue = new CommitQueue({ calls: { txn: (request) => this.take(request) }, clock: this.clock });
  private arrived = deferred();

  /** The keys that a transaction puts, once it has been sent. */
  async keys(place: number): Promise<readonly string[]> {
    while (this.sent.length <= place) await this.arrived.promise;
    const { success = [] } = this.sent[place]?.request ?? {};
    const puts = success.flatMap((operation) => operation.request_txn?.success ?? [operation]);
    return puts.map(({ request_put: put }) => String(put?.key));
  }

  /** Answers: every write but those of `refused` is made. */
  answer(place: number, revision: number, refused: readonly number[] = []): void {
    const { request, answer } = this.sent[place] ?? {};
    const refusal = { succeeded: false, responses: [{ response_range: { kvs: [{ mod_revision: "1" }] } }] };
    const within = (request?.success ?? []).map((_, index) => (refused.includes(index) ? refusal : { succeeded: true, responses: [] }));
    const responses = within.map((own) => ({ response_txn: own }));
    answer?.resolve({ header: { revision: String(revision) }, succeeded: true, responses } as unknown as ITxnResponse);
  }

  private take(request: ITxnRequest): Promise<ITxnResponse> {
    const answer = deferred<ITxnResponse>();
    this.sent.push({ request, answer });
    this.arrived.resolve();
    this.arrived = deferred();
    return answer.promise;
  }
}

describe("CommitQueue", () => {
  it("sends what comes at the same moment together, and tells each its outcome", async () => {
    const etcd = new Transactions();
    const [made, refused, also] = ["a", "b", "c"].map((key) => etcd.queue.submit(create(key)));

    expect(await etcd.keys(0)).to.deep.equal(["a", "b", "c"]);
    etcd.answer(0, 7, [1]);
    expect([await made, await also]).to.deep.equal([7, 7]);
    expect(isKeyExists(await failureOf(refused ?? Promise.resolve()))).to.equal(true);
  });

  it("has one transaction under way, and gathers meanwhile", async () => {
    const etcd = new Transactions();
    const first = etcd.queue.submit(create("a"));
    await etcd.keys(0);
    const others = ["b", "c"].map((key) => etcd.queue.submit(create(key)));
    const [again, overtaken] = [etcd.queue.submit(update("b", 6)), etcd.queue.submit(update("b", 5))];
    await new Promise((turn) => setImmediate(turn));
    expect(etcd.sent).to.have.lengthOf(1);

    etcd.answer(0, 5);
    expect(await first).to.equal(5);
    expect(await etcd.keys(1)).to.deep.equal(["b", "c"]);
    etcd.answer(1, 6);
    expect(await Promise.all(others)).to.deep.equal([6, 6]);
    // Decided without etcd, by what it had just answered.
    expect(isRevisionMismatch(await failureOf(overtaken))).to.equal(true);
    expect(await etcd.keys(2)).to.deep.equal(["b"]);
    etcd.answer(2, 7);
    expect(await again).to.equal(7);

    const later = etcd.queue.submit(create("d"));
    expect(await etcd.keys(3)).to.deep.equal(["d"]);
    etcd.answer(3, 8);
    expect(await later).to.equal(8);
  });

  it("sends what came while a transaction was under way: its caller may know of what another api-server wrote after that", async () => {
    const etcd = new Transactions();
    const first = [update("b", 5), create("c")].map((write) => etcd.queue.submit(write));
    await etcd.keys(0);
    // Since then b has been written at 7, and c deleted.
    const informed = etcd.queue.submit(update("b", 7));
    const remade = etcd.queue.submit(create("c"));

    etcd.answer(0, 6);
    expect(await Promise.all(first)).to.deep.equal([6, 6]);
    expect(await etcd.keys(1)).to.deep.equal(["b", "c"]);
    etcd.answer(1, 8);
    expect(await Promise.all([informed, remade])).to.deep.equal([8, 8]);
  });

  it("leaves the fate of all of a failed transaction unknown, and goes on", async () => {
    const etcd = new Transactions();
    const failed = ["a", "b"].map((key) => failureOf(etcd.queue.submit(create(key))));
    await etcd.keys(0);
    const next = etcd.queue.submit(create("c"));
    etcd.sent[0]?.answer.reject(new StoreUnavailableError("etcd did not answer"));

    expect((await Promise.all(failed)).map(isStoreUnavailable)).to.deep.equal([true, true]);
    await etcd.keys(1);
    etcd.answer(1, 6);
    expect(await next).to.equal(6);
  });

  it("does not send what has waited longer than a call may take", async () => {
    const etcd = new Transactions();
    const first = failureOf(etcd.queue.submit(create("a")));
    await etcd.keys(0);
    const late = failureOf(etcd.queue.submit(create("b")));
    await etcd.clock.advance(callTimeoutMs + 1);
    const fresh = etcd.queue.submit(create("c"));
    etcd.sent[0]?.answer.reject(new StoreUnavailableError("etcd did not answer"));

    expect(String(await late)).to.contain("too slow: the write was not sent");
    expect(await etcd.keys(1)).to.deep.equal(["c"]);
    etcd.answer(1, 6);
    expect([isStoreUnavailable(await first), await fresh]).to.deep.equal([true, 6]);
  });
});
