import { createServer } from "node:net";
import { expect } from "chai";
import { pod } from "../../test/builders/index.js";
import { FakeClock } from "../../test/fakes/fake-clock.js";
import { at, event, key, ScriptedServers } from "../../test/fakes/scripted-servers.js";
import { packAny } from "../api/codec/any.js";
import { makeWhole } from "../api/codec/whole.js";
import { expired, isExpired, isUnavailable, unavailable } from "../api/errors.js";
import { podKind } from "../api/kinds/pod/kind.js";
import { abortError, deferred, isAbort } from "../base/abort.js";
import { type Clock, systemClock } from "../base/clock.js";
import { EventType, type ListRequest, type WatchRequest, type WatchResponse } from "../gen/howbernetes/api/v1/resources.js";
import type { CallContext } from "../rpc/contracts.js";

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(abortError(signal)), { once: true }));

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

describe("ApiClient over mTLS", () => {
  let servers: ScriptedServers;
  const serve: ScriptedServers["serve"] = (...script) => servers.serve(...script);
  const connect: ScriptedServers["connect"] = (...options) => servers.connect(...options);

  before(async () => {
    servers = await ScriptedServers.create();
  });
  afterEach(() => servers.close());

  it("lists page after page, of one revision", async () => {
    const requests: ListRequest[] = [];
    const [, address] = await serve({
      list: async (request) => {
        requests.push(request);
        const last = request.continue === "next";
        const items = [packAny(podKind, at(last ? 2 : 1, last ? "b" : "a"))];
        return { items, resourceVersion: "9", continue: last ? "" : "next", remainingItemCount: undefined };
      },
    });

    const list = await (await connect(address)).of(podKind).list({ namespace: "default", labelSelector: "app=web" });

    expect(list.items.map(({ metadata }) => metadata.name)).to.deep.equal(["a", "b"]);
    expect(list.resourceVersion).to.equal("9");
    expect(requests.map(({ limit, labelSelector, namespace }) => ({ limit, labelSelector, namespace }))).to.deep.equal(
      Array.from({ length: 2 }, () => ({ limit: 500, labelSelector: "app=web", namespace: "default" })),
    );
  });

  it("lists from the start when its pages' revision is gone in the middle", async () => {
    const tokens: string[] = [];
    const [, address] = await serve({
      list: async (request) => {
        tokens.push(request.continue);
        if (request.continue === "old") throw expired();
        const last = request.continue === "new";
        const first = tokens.length === 1 ? "old" : "new";
        const items = [packAny(podKind, at(1, last ? "b" : "a"))];
        return { items, resourceVersion: "9", continue: last ? "" : first, remainingItemCount: undefined };
      },
    });

    const list = await (await connect(address)).of(podKind).list();

    expect(list.items.map(({ metadata }) => metadata.name)).to.deep.equal(["a", "b"]);
    expect(tokens).to.deep.equal(["", "old", "", "new"]);
  });

  it("repeats a read while the server cannot serve", async () => {
    let calls = 0;
    const [, address] = await serve({
      get: async () => {
        calls += 1;
        if (calls < 3) throw unavailable("the store is away");
        return { object: packAny(podKind, at(5)) };
      },
    });

    const found = await (await connect(address)).of(podKind).get(key);

    expect(found.metadata.resourceVersion).to.equal("5");
  });

  it("does not repeat a create whose fate is unknown", async () => {
    let calls = 0;
    const [, address] = await serve({
      create: async () => {
        calls += 1;
        throw unavailable("the store is away");
      },
    });

    const error = await (await connect(address))
      .of(podKind)
      .create(pod())
      .catch((thrown: unknown) => thrown);

    expect(isUnavailable(error)).to.equal(true);
    expect(calls).to.equal(1);
  });

  it("sends a create again that never left, once somebody listens", async () => {
    const port = await freePort();
    const triedInVain = deferred();
    const sleep: Clock["sleep"] = (ms, signal) => {
      triedInVain.resolve();
      return systemClock.sleep(ms, signal);
    };
    const client = await connect(`127.0.0.1:${port}`, { clock: { ...systemClock, sleep } });
    const created = client.of(podKind).create(pod());
    await triedInVain.promise;
    await serve(
      { create: async ({ body }) => ({ object: body?.body?.$case === "object" ? body.body.value : undefined, warnings: [] }) },
      port,
    );

    expect((await created).metadata.name).to.equal("web");
  });

  it("fails at once when told not to retry", async () => {
    const client = await connect(`127.0.0.1:${await freePort()}`, { retryForMs: 0 });

    const error = await client
      .of(podKind)
      .get(key)
      .catch((thrown: unknown) => thrown);

    expect(isUnavailable(error) && error.message).to.match(/^The connection to the server .* was refused/);
  });

  it("goes on watching at a server that was restarted, from where it was", async () => {
    const port = await freePort();
    const asked: string[] = [];
    const watchFrom = (version: number) =>
      async function* (request: WatchRequest, call: CallContext): AsyncGenerator<WatchResponse> {
        asked.push(request.resourceVersion);
        yield event(EventType.MODIFIED, at(version));
        await untilAborted(call.signal);
      };
    const [first, address] = await serve({ watch: watchFrom(11) }, port);
    const client = await connect(address);
    const stop = new AbortController();
    const watching = client.of(podKind).watch({ resourceVersion: "10", signal: stop.signal })[Symbol.asyncIterator]();
    await watching.next();

    await first.stop(0);
    await serve({ watch: watchFrom(12) }, port);
    const next = await watching.next();

    expect(next.value).to.have.nested.property("object.metadata.resourceVersion", "12");
    expect(asked).to.deep.equal(["10", "11"]);
    const ended = watching.next().catch((error: unknown) => error);
    stop.abort();
    expect(isAbort(await ended)).to.equal(true);
  });

  it("asks for the present state, and says where it ends", async () => {
    const requests: WatchRequest[] = [];
    const end = makeWhole(podKind, { metadata: { resourceVersion: "20", annotations: { "k8s.io/initial-events-end": "true" } } });
    const [, address] = await serve({
      watch: async function* (request, call) {
        requests.push(request);
        yield event(EventType.ADDED, at(5));
        yield event(EventType.BOOKMARK, end);
        yield event(EventType.BOOKMARK, makeWhole(podKind, { metadata: { resourceVersion: "21" } }));
        await untilAborted(call.signal);
      },
    });
    const stop = new AbortController();
    const seen: unknown[] = [];
    for await (const each of (await connect(address)).of(podKind).watch({ signal: stop.signal, fieldSelector: "spec.nodeName=n1" })) {
      seen.push(each.type === "bookmark" ? each : each.type);
      if (seen.length === 3) break;
    }

    expect(seen).to.deep.equal([
      "added",
      { type: "bookmark", resourceVersion: "20", initialEnd: true },
      { type: "bookmark", resourceVersion: "21", initialEnd: false },
    ]);
    expect(requests[0]).to.include({
      sendInitialEvents: true,
      allowBookmarks: true,
      resourceVersion: "",
      fieldSelector: "spec.nodeName=n1",
    });
  });

  it("says of changes that share a resourceVersion which is not the last of them", async () => {
    const [, address] = await serve({
      watch: async function* (_request, call) {
        const together = [event(EventType.ADDED, at(11)), event(EventType.MODIFIED, at(11)), event(EventType.ADDED, at(12))];
        yield { events: [...together, event(EventType.BOOKMARK, at(12))].flatMap(({ events }) => events) };
        yield { events: [event(EventType.ADDED, at(13)), event(EventType.DELETED, at(13))].flatMap(({ events }) => events) };
        await untilAborted(call.signal);
      },
    });
    const seen: unknown[] = [];
    const watching = (await connect(address)).of(podKind).watch({ resourceVersion: "10", signal: new AbortController().signal });
    for await (const each of watching) {
      seen.push(each.type === "bookmark" ? each.type : [each.type, each.object.metadata.resourceVersion, each.continued]);
      if (seen.length === 6) break;
    }

    expect(seen).to.deep.equal([
      ["added", "11", true],
      ["modified", "11", undefined],
      ["added", "12", undefined],
      "bookmark",
      ["added", "13", true],
      ["deleted", "13", undefined],
    ]);
  });

  it("leaves a connection that is open and silent", async () => {
    const opened = [deferred(), deferred()];
    let streams = 0;
    const [, address] = await serve({
      watch: async function* (_request, call) {
        opened[streams]?.resolve();
        streams += 1;
        if (streams === 2) yield event(EventType.ADDED, at(11));
        await untilAborted(call.signal);
      },
    });
    const clock = new FakeClock();
    const client = await connect(address, { clock });
    const watching = client.of(podKind).watch({ resourceVersion: "10", signal: new AbortController().signal })[Symbol.asyncIterator]();
    const next = watching.next();
    await opened[0]?.promise;

    await clock.advance(25_000);
    await clock.advance(8_000);
    await opened[1]?.promise;

    expect((await next).value).to.have.property("type", "added");
    await watching.return?.();
  });

  it("gives Expired to the caller of a watch", async () => {
    const [, address] = await serve({
      // biome-ignore lint/correctness/useYield: it only refuses
      watch: async function* () {
        throw expired();
      },
    });
    const client = await connect(address);
    const watching = client.of(podKind).watch({ resourceVersion: "1", signal: new AbortController().signal })[Symbol.asyncIterator]();

    const error = await watching.next().catch((thrown: unknown) => thrown);

    expect(isExpired(error)).to.equal(true);
  });

  it("is closed for good: what is under way ends, and nothing is dialed anew", async () => {
    let watches = 0;
    const [, address] = await serve({
      watch: async function* (_request, call) {
        watches += 1;
        yield event(EventType.ADDED, at(2));
        await untilAborted(call.signal);
      },
    });
    const client = await connect(address, { retryForMs: 500 });
    const pods = client.of(podKind);
    const stop = new AbortController();
    const seen: string[] = [];
    const failure = await (async () => {
      for await (const { type } of pods.watch({ resourceVersion: "1", signal: stop.signal })) {
        seen.push(type);
        await client.close();
      }
    })().catch((error: unknown) => error);

    expect(isAbort(failure)).to.equal(true);
    expect([seen, watches]).to.deep.equal([["added"], 1]);
    expect(() => client.of(podKind)).to.throw("the client was closed");
    expect(await pods.get(key).catch((error: unknown) => String(error))).to.match(/closed|shut down/i);
    stop.abort();
  });
});
