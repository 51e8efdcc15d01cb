import { expect } from "chai";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { badRequest, isBadRequest, isNotFound, isTimeout, isUnavailable } from "../../api/errors.js";
import { deferred, isAbort } from "../../base/abort.js";
import type { OpenSessionRequest, TunnelRequest, TunnelResponse } from "../../gen/howbernetes/api/v1/nodes.js";
import type { SessionInput, SessionOutput } from "../../gen/howbernetes/api/v1/sessions.js";
import { SessionBroker, type SessionOrder } from "./session-broker.js";

const order: SessionOrder = {
  $case: "logs",
  value: { podNamespace: "default", podName: "web", podUid: "u1", options: undefined },
};

/** A stream of requests that goes on until it is ended or broken. */
class Requests<T> implements AsyncIterator<T> {
  private readonly queue: Promise<IteratorResult<T>>[] = [];
  private waiting = deferred<IteratorResult<T>>();
  taken = 0;

  constructor() {
    this.queue.push(this.waiting.promise);
  }

  send(value: T): void {
    const { resolve } = this.waiting;
    this.waiting = deferred();
    this.queue.push(this.waiting.promise);
    resolve({ done: false, value });
  }

  end(): void {
    this.waiting.resolve({ done: true, value: undefined });
  }

  break(error: Error = new DOMException("gone", "AbortError")): void {
    this.waiting.reject(error);
  }

  next(): Promise<IteratorResult<T>> {
    this.taken += 1;
    return this.queue.shift() ?? this.waiting.promise;
  }
}

const data = (text: string): OpenSessionRequest => ({
  message: { $case: "output", value: { message: { $case: "data", value: Buffer.from(text) } } },
});
const typed = (text: string): SessionInput => ({ message: { $case: "data", value: Buffer.from(text) } });
const textOf = (piece: SessionInput | SessionOutput | undefined): string =>
  piece?.message?.$case === "data" ? piece.message.value.toString() : (piece?.message?.$case ?? "nothing");
const idOf = (id: string): OpenSessionRequest => ({ message: { $case: "sessionId", value: id } });

describe("SessionBroker", () => {
  let clock: FakeClock;
  let broker: SessionBroker;
  let leave: AbortController;

  beforeEach(() => {
    clock = new FakeClock();
    broker = new SessionBroker(clock);
    leave = new AbortController();
  });
  afterEach(() => leave.abort());

  const connect = (nodeName = "n1"): { orders: AsyncGenerator<TunnelResponse>; requests: Requests<TunnelRequest> } => {
    const requests = new Requests<TunnelRequest>();
    return { orders: broker.tunnel(nodeName, requests, leave.signal), requests };
  };

  const next = async <T>(source: AsyncIterator<T>): Promise<T> => {
    const result = await source.next();
    if (result.done === true) throw new Error("ended");
    return result.value;
  };

  const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  const drained = async (inputs: AsyncIterable<unknown>): Promise<void> => {
    for await (const _input of inputs);
  };

  /** A session asked for and opened by its node. */
  const openSession = async ({
    caller = new AbortController(),
    input,
  }: {
    caller?: AbortController;
    input?: Requests<SessionInput>;
  } = {}) => {
    const { orders, requests: tunnelRequests } = connect();
    const ordered = next(orders);
    const wanted = input === undefined ? { order } : { order, input: { [Symbol.asyncIterator]: () => input } };
    const output = broker.open("n1", wanted, caller.signal);
    const first = output.next();
    const { sessionId, session } = await ordered;
    const messages = new Requests<OpenSessionRequest>();
    const inputs = broker.accept("n1", messages, leave.signal);
    messages.send(idOf(sessionId));
    const accepted = input === undefined ? drained(inputs) : Promise.resolve();
    return { inputs, orders, tunnelRequests, output, first, sessionId, session, messages, accepted };
  };

  it("passes an order to the node, and what the node sends to the caller, in order", async () => {
    const { session, first, output, messages, accepted } = await openSession();
    expect(session).to.deep.equal(order);

    messages.send(data("one"));
    messages.send(data("two"));
    messages.end();

    expect(textOf((await first).value)).to.equal("one");
    expect(textOf((await output.next()).value)).to.equal("two");
    expect((await output.next()).done).to.equal(true);
    await accepted;
  });

  it("reads from the node only as fast as the caller takes", async () => {
    const { first, output, messages } = await openSession();
    for (const text of ["one", "two", "three"]) messages.send(data(text));
    await first;

    // The session's id and one message.
    expect(messages.taken).to.equal(2);
    await output.next();
    expect(messages.taken).to.equal(3);
  });

  it("lets the node go when the caller leaves", async () => {
    const caller = new AbortController();
    const { first, accepted } = await openSession({ caller });
    caller.abort();

    expect(await failureOf(first)).to.satisfy(isAbort);
    await accepted;
  });

  it("tells the caller what the node could not do", async () => {
    const { first, messages, accepted } = await openSession();
    messages.send({ message: { $case: "failure", value: { reason: "NotFound", message: "no such container" } } });

    expect(await failureOf(first))
      .to.satisfy(isNotFound)
      .and.have.property("message", "no such container");
    await accepted;
  });

  it("tells the caller when the node's connection breaks", async () => {
    const { first, messages } = await openSession();
    messages.break();

    expect(await failureOf(first))
      .to.satisfy(isUnavailable)
      .and.have.property("message", 'the connection to node "n1" was lost');
  });

  it("refuses when the node is not connected", async () => {
    const failure = await failureOf(broker.open("n1", { order }, leave.signal).next());
    expect(failure).to.satisfy(isUnavailable).and.have.property("message", 'node "n1" is not connected');
  });

  it("does not wait for ever for a node that does not answer", async () => {
    const { orders } = connect();
    const ordered = next(orders);
    const first = failureOf(broker.open("n1", { order }, leave.signal).next());
    await ordered;
    await clock.advance(10_000);

    expect(await first).to.satisfy(isTimeout);
  });

  it("gives up what waits when the tunnel ends before the node has answered", async () => {
    const { orders, requests } = connect();
    const ordered = next(orders);
    const first = failureOf(broker.open("n1", { order }, leave.signal).next());
    await ordered;
    const ended = orders.next();
    requests.end();

    expect((await ended).done).to.equal(true);
    expect(await first).to.satisfy(isUnavailable);
    expect(await failureOf(broker.open("n1", { order }, leave.signal).next())).to.satisfy(isUnavailable);
  });

  it("uses a node's newest tunnel, and an older one again when that has ended", async () => {
    const older = connect();
    const toOlder = next(older.orders);
    const newer = connect();
    const toNewer = next(newer.orders);
    const ask = (): void => {
      broker
        .open("n1", { order }, leave.signal)
        .next()
        .catch((_left: unknown) => undefined);
    };
    ask();
    expect((await toNewer).session).to.deep.equal(order);

    const ended = newer.orders.next();
    newer.requests.end();
    await ended;
    ask();
    expect((await toOlder).session).to.deep.equal(order);
  });

  it("hands the caller's input to the node as fast as it takes it, and then its end", async () => {
    const input = new Requests<SessionInput>();
    const { inputs } = await openSession({ input });
    for (const text of ["one", "two"]) input.send(typed(text));
    input.end();

    expect(textOf(await next(inputs))).to.equal("one");
    expect(input.taken).to.equal(1);
    expect(textOf(await next(inputs))).to.equal("two");
    expect(textOf(await next(inputs))).to.equal("end");
  });

  it("ends the node's side, input or not, when the caller leaves", async () => {
    const caller = new AbortController();
    const { first, inputs } = await openSession({ caller, input: new Requests<SessionInput>() });
    const taking = inputs.next();
    caller.abort();

    expect(await failureOf(first)).to.satisfy(isAbort);
    expect((await taking).done).to.equal(true);
  });

  it("tells the caller what was wrong with its input, and lets the node go", async () => {
    const input = new Requests<SessionInput>();
    const { first, inputs } = await openSession({ input });
    const taking = inputs.next();
    input.break(badRequest("not so"));

    expect(await failureOf(first))
      .to.satisfy(isBadRequest)
      .and.have.property("message", "not so");
    expect((await taking).done).to.equal(true);
  });

  const strangers = [
    { it: "an id that nobody waits for", nodeName: "n1", idFor: () => "guess" },
    { it: "another node's id", nodeName: "n2", idFor: (id: string) => id },
  ];
  for (const { it: what, nodeName, idFor } of strangers) {
    it(`refuses ${what}`, async () => {
      const { orders } = connect();
      const ordered = next(orders);
      broker
        .open("n1", { order }, leave.signal)
        .next()
        .catch((_left: unknown) => undefined);
      const { sessionId } = await ordered;
      const messages = new Requests<OpenSessionRequest>();
      messages.send(idOf(idFor(sessionId)));

      expect(await failureOf(drained(broker.accept(nodeName, messages, leave.signal)))).to.satisfy(isNotFound);
    });
  }

  it("opens a session once", async () => {
    const { sessionId } = await openSession();
    const messages = new Requests<OpenSessionRequest>();
    messages.send(idOf(sessionId));

    expect(await failureOf(drained(broker.accept("n1", messages, leave.signal)))).to.satisfy(isNotFound);
  });
});
