import { createServer } from "node:net";
import { expect } from "chai";
import { pod } from "../../test/builders/index.js";
import { FakeClock } from "../../test/fakes/fake-clock.js";
import { createTestPki, type TestPki } from "../../test/fakes/test-pki.js";
import { packAny } from "../api/codec/any.js";
import { makeWhole } from "../api/codec/whole.js";
import { expired, isExpired, isUnavailable, unavailable } from "../api/errors.js";
import { podKind } from "../api/kinds/pod/kind.js";
import type { Whole } from "../api/object.js";
import { abortError, deferred, isAbort } from "../base/abort.js";
import { type Clock, systemClock } from "../base/clock.js";
import { createLog } from "../base/log.js";
import { PodsService } from "../gen/howbernetes/api/v1/pods.js";
import {
  EventType,
  type ListRequest,
  type PatchRequest,
  PatchType,
  ResourcesService,
  type UpdateRequest,
  type WatchRequest,
  type WatchResponse,
} from "../gen/howbernetes/api/v1/resources.js";
import type { Pod } from "../gen/howbernetes/core/v1/pod.js";
import type { CallContext, Handlers } from "../rpc/contracts.js";
import { createRpcServer, type RpcServer } from "../rpc/server.js";
import { type ApiClientOptions, createApiClient, type RemoteApiClient } from "./client.js";

type Resources = Handlers<ResourcesService>;

const unscripted = (): never => {
  throw new Error("unscripted call");
};
const key = { namespace: "default", name: "web" };
const at = (resourceVersion: number, name = "web"): Whole<Pod> => {
  const object = pod({ name });
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(resourceVersion) } };
};
const event = (type: EventType, object: Whole<Pod>): WatchResponse => ({ events: [{ type, object: packAny(podKind, object) }] });
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
  let pki: TestPki;
  const closers: (() => Promise<void>)[] = [];

  before(async () => {
    pki = await createTestPki();
  });

  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });

  async function serve(
    scripted: Partial<Resources>,
    port = 0,
    bind: Handlers<PodsService>["bind"] = unscripted,
  ): Promise<[RpcServer, string]> {
    const server = createRpcServer({ tls: await pki.server(), log: createLog("test", "silent") });
    const handlers = Object.fromEntries(Object.keys(ResourcesService).map((name) => [name, unscripted])) as unknown as Resources;
    server.add(ResourcesService, { ...handlers, ...scripted });
    server.add(PodsService, { bind, evict: unscripted, logs: unscripted });
    const bound = await server.listen(`127.0.0.1:${port}`);
    closers.push(() => server.stop(0));
    return [server, `${bound.host}:${bound.port}`];
  }

  async function connect(address: string, options: Partial<ApiClientOptions> = {}): Promise<RemoteApiClient> {
    const tls = await pki.client("system:scheduler", ["system:components"]);
    const client = createApiClient({ address, tls, log: createLog("test", "silent"), random: () => 0.2, ...options });
    closers.push(() => client.close());
    return client;
  }

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

  it("sends a leader's fence with every call of that client, and with no other", async () => {
    const fences: (string | undefined)[] = [];
    const [, address] = await serve({
      get: async (_request, call) => {
        fences.push(call.metadata.get("howbernetes-fence"));
        return { object: packAny(podKind, at(5)) };
      },
    });
    const client = await connect(address);

    await client.withMetadata({ "howbernetes-fence": "kube-system/scheduler:7" }).of(podKind).get(key);
    await client.of(podKind).get(key);

    expect(fences).to.deep.equal(["kube-system/scheduler:7", undefined]);
  });

  it("says what is written, and to which part", async () => {
    const updates: UpdateRequest[] = [];
    const patches: PatchRequest[] = [];
    const answer = { object: packAny(podKind, at(6)), warnings: [] };
    const [, address] = await serve({
      update: async (request) => {
        updates.push(request);
        return answer;
      },
      patch: async (request) => {
        patches.push(request);
        return answer;
      },
    });
    const pods = (await connect(address)).of(podKind);

    await pods.update(at(5), { dryRun: true });
    await pods.updateStatus(at(5));
    await pods.patch(key, "merge", { spec: { nodeName: "n2" } }, { subresource: "status" });
    await pods.apply(key, { spec: { nodeName: "n3" } }, { fieldManager: "me", force: true });

    expect(updates.map(({ subresource, dryRun, name, namespace }) => ({ subresource, dryRun, name, namespace }))).to.deep.equal([
      { subresource: "", dryRun: true, ...key },
      { subresource: "status", dryRun: false, ...key },
    ]);
    expect(patches[0]).to.include({ ...key, subresource: "status", patchType: PatchType.MERGE });
    expect(JSON.parse(String(patches[0]?.patch))).to.deep.equal({ spec: { nodeName: "n2" } });
    expect(patches[1]).to.include({ ...key, subresource: "", patchType: PatchType.APPLY, fieldManager: "me", force: true });
    expect(JSON.parse(String(patches[1]?.patch))).to.deep.equal({ apiVersion: "v1", kind: "Pod", spec: { nodeName: "n3" } });
  });

  it("says how fresh a read has to be", async () => {
    const asked: string[] = [];
    const [, address] = await serve({
      get: async ({ resourceVersion }) => {
        asked.push(`get ${resourceVersion}`);
        return { object: packAny(podKind, at(5)) };
      },
      list: async ({ resourceVersion, resourceVersionMatch, limit, continue: token }) => {
        asked.push(`list ${resourceVersion} ${resourceVersionMatch} ${limit} ${token}`);
        return { items: [], resourceVersion: "9", continue: token === "" ? "next" : "", remainingItemCount: undefined };
      },
    });
    const pods = (await connect(address)).of(podKind);

    await pods.get(key, { resourceVersion: "0" });
    await pods.list({ resourceVersion: "7" });
    await pods.list({ resourceVersion: "7", resourceVersionMatch: "Exact", pageSize: 2 });

    expect(asked).to.deep.equal(["get 0", "list 7 NotOlderThan 500 ", "list   500 next", "list 7 Exact 2 ", "list   2 next"]);
  });

  it("passes on what the server warns of", async () => {
    const warnings: string[] = [];
    const [, address] = await serve({ create: async () => ({ object: packAny(podKind, at(5)), warnings: ["not acted upon"] }) });
    const client = await connect(address, { onWarning: (warning) => warnings.push(warning) });

    await client.of(podKind).create(pod());

    expect(warnings).to.deep.equal(["not acted upon"]);
  });

  it("binds the very pod that was looked at", async () => {
    const bound: unknown[] = [];
    const [, address] = await serve({}, 0, async ({ binding }) => {
      bound.push({ uid: binding?.metadata?.uid, name: binding?.metadata?.name, node: binding?.target?.name });
      return { resourceVersion: "8" };
    });

    const result = await (await connect(address)).bind(pod({ name: "web", uid: "u1" }), "n1");

    expect(bound).to.deep.equal([{ uid: "u1", name: "web", node: "n1" }]);
    expect(result.resourceVersion).to.equal("8");
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

  it("says whether a deletion is over", async () => {
    const [, address] = await serve({
      delete: async ({ options }) => ({ object: packAny(podKind, at(7)), deleted: options?.gracePeriodSeconds === 0, warnings: [] }),
    });
    const pods = (await connect(address)).of(podKind);

    expect((await pods.delete(key, { options: { gracePeriodSeconds: 0 } })).deleted).to.equal(true);
    expect((await pods.delete(key)).deleted).to.equal(false);
  });
});
