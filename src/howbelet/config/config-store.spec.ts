import { expect } from "chai";
import { FakeApi } from "../../../test/fakes/fake-api/fake-api.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { makeWhole } from "../../api/codec/whole.js";
import { unavailable } from "../../api/errors.js";
import { configMapKind } from "../../api/kinds/configmap/kind.js";
import type { Kind } from "../../api/kinds/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { secretKind } from "../../api/kinds/secret/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { type Deferred, deferred } from "../../base/abort.js";
import { createLog } from "../../base/log.js";
import type { ApiClient, ResourceClient } from "../../client/contracts.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { ConfigStore } from "./config-store.js";
import type { ConfigName, KnownConfig } from "./known-config.js";

const app: ConfigName = { kind: "configmap", namespace: "default", name: "app" };
const db: ConfigName = { kind: "secret", namespace: "default", name: "db" };

/** A pod that names both. */
const pod = (uid: string): Whole<Pod> =>
  makeWhole(podKind, {
    metadata: { name: uid, namespace: "default", uid },
    spec: {
      containers: [
        {
          name: "main",
          envFrom: [{ configMapRef: { localObjectReference: { name: "app" } } }, { secretRef: { localObjectReference: { name: "db" } } }],
        },
      ],
    },
  });

/** Counts a client's lists and its watches that are open. */
class Counted implements Pick<ApiClient, "of"> {
  lists = 0;
  readonly open = new Set<string>();
  /** By so much, lists are of an older revision than they would be. */
  backBy = 0;

  constructor(private readonly api: FakeApi) {}

  of<T extends ApiObject>(kind: Kind<T>): ResourceClient<T> {
    const client = this.api.of(kind);
    const counted: Pick<ResourceClient<T>, "kind" | "list" | "watch"> = {
      kind,
      list: async (options) => {
        this.lists += 1;
        const { items, resourceVersion } = await client.list(options);
        return { items, resourceVersion: String(Number(resourceVersion) - this.backBy) };
      },
      watch: (options) => this.watch(client, options),
    };
    return counted as ResourceClient<T>;
  }

  private async *watch<T extends ApiObject>(client: ResourceClient<T>, options: Parameters<ResourceClient<T>["watch"]>[0]) {
    const id = `${client.kind.singular} ${options.namespace} ${options.fieldSelector}`;
    expect(this.open.has(id), `a second watch: ${id}`).to.equal(false);
    this.open.add(id);
    try {
      yield* client.watch(options);
    } finally {
      this.open.delete(id);
    }
  }
}

describe("ConfigStore", () => {
  let clock: FakeClock;
  let api: FakeApi;
  let client: Counted;
  let store: ConfigStore;
  /** Who was told of a change. */
  let changed: string[];
  /** What they then saw of the ConfigMap. */
  let seen: string[];
  let stop: AbortController;
  let running: Promise<void>;
  const settled = (): Promise<void> => clock.advance(0);
  const shown = (known: KnownConfig): string => (known.state === "present" ? JSON.stringify(known.data) : known.state);
  const appTo = (podUid: string): string => shown(store.knownTo(podUid, app));
  const setApp = (a: string): void => {
    api.remove(configMapKind, app);
    api.seed(configMapKind, makeWhole(configMapKind, { metadata: { name: "app", namespace: "default" }, data: { a } }));
  };

  beforeEach(() => {
    clock = new FakeClock();
    api = new FakeApi(clock);
    client = new Counted(api);
    changed = [];
    seen = [];
    stop = new AbortController();
    const log = createLog("test", "silent");
    const told = (podUid: string): void => {
      changed.push(podUid);
      seen.push(`${podUid} ${appTo(podUid)}`);
    };
    store = new ConfigStore({ client, connected: async () => undefined, changed: told, clock, log });
    running = store.run(stop.signal);
    setApp("1");
    api.seed(secretKind, makeWhole(secretKind, { metadata: { name: "db", namespace: "default" }, data: { p: Buffer.from("x") } }));
  });

  afterEach(async () => {
    stop.abort();
    await running;
    expect([...client.open]).to.deep.equal([]);
  });

  it("follows what a pod names, each by a watch of its own", async () => {
    store.hold(pod("a"));
    expect(appTo("a")).to.equal("unread");
    await settled();

    expect([...client.open]).to.have.members(["configmap default metadata.name=app", "secret default metadata.name=db"]);
    expect(appTo("a")).to.equal('{"a":"1"}');
    expect(store.knownTo("a", db)).to.deep.equal({ state: "present", data: { p: Buffer.from("x") } });
  });

  it("follows what a pod comes to name later, and lets all of it go with the pod", async () => {
    const { metadata } = pod("a");
    store.hold(makeWhole(podKind, { metadata }));
    await settled();
    expect([...client.open]).to.deep.equal([]);

    store.hold(pod("a"));
    store.hold(pod("a"));
    await settled();
    expect(appTo("a")).to.equal('{"a":"1"}');
    store.release("a");
    await settled();
    expect([...client.open]).to.deep.equal([]);
  });

  it("shows each change, and tells who holds it", async () => {
    store.hold(pod("a"));
    await settled();
    changed.length = 0;
    setApp("2");
    await settled();
    expect(appTo("a")).to.equal('{"a":"2"}');
    expect(changed).to.include("a");

    api.remove(configMapKind, app);
    await settled();
    expect(appTo("a")).to.equal("absent");
  });

  it("shares a watch, and ends it with the last pod", async () => {
    store.hold(pod("a"));
    store.hold(pod("b"));
    store.hold(pod("b"));
    await settled();
    store.release("a");
    await settled();
    expect(client.open.size).to.equal(2);
    expect(appTo("a")).to.equal("unread");
    expect(appTo("b")).to.equal('{"a":"1"}');

    store.release("b");
    await settled();
    expect(client.open.size).to.equal(0);
  });

  it("begins anew when it is named again", async () => {
    store.hold(pod("a"));
    await settled();
    store.release("a");
    setApp("2");
    store.hold(pod("b"));
    await settled();
    expect(appTo("b")).to.equal('{"a":"2"}');
  });

  it("shows a pod nothing that was read before it came, and the others what they know", async () => {
    store.hold(pod("a"));
    await settled();
    const thaw = api.freeze(configMapKind);
    setApp("2");
    store.hold(pod("b"));
    expect([appTo("a"), appTo("b")]).to.deep.equal(['{"a":"1"}', "unread"]);
    await settled();
    expect([appTo("a"), appTo("b")]).to.deep.equal(['{"a":"2"}', '{"a":"2"}']);

    // What the watch is late with is not shown any more.
    setApp("3");
    store.hold(pod("c"));
    await settled();
    seen.length = 0;
    thaw();
    setApp("4");
    await settled();
    expect(seen.filter((each) => each.startsWith("a "))).to.deep.equal(["a absent", 'a {"a":"4"}']);
  });

  describe("with two lists under way", () => {
    const appOnly = (uid: string): Whole<Pod> => {
      const { spec, ...rest } = pod(uid);
      return { ...rest, spec: { ...spec, containers: spec.containers.map((each) => ({ ...each, envFrom: each.envFrom.slice(0, 1) })) } };
    };
    /** The answers to the list for the first pod, which shows the old, and for the second, which shows the new. */
    const answers = async (): Promise<readonly [Deferred<void>, Deferred<void>]> => {
      const [old, recent] = [deferred(), deferred()];
      const left = [old, recent];
      api.intercept({ after: () => left.shift()?.promise });
      store.hold(appOnly("a"));
      await settled();
      setApp("2");
      store.hold(appOnly("b"));
      await settled();
      return [old, recent];
    };

    it("does not take for new what was asked for before a pod came", async () => {
      const [old, recent] = await answers();
      const thaw = api.freeze(configMapKind);
      old.resolve();
      await settled();
      expect([appTo("a"), appTo("b")]).to.deep.equal(['{"a":"1"}', "unread"]);
      recent.resolve();
      await settled();
      expect([appTo("a"), appTo("b")]).to.deep.equal(['{"a":"2"}', '{"a":"2"}']);
      thaw();
    });

    it("does not take an answer for news that comes after a newer one", async () => {
      const [old, recent] = await answers();
      recent.resolve();
      await settled();
      old.resolve();
      await settled();
      expect(new Set(seen)).to.deep.equal(new Set(['a {"a":"2"}', 'b {"a":"2"}']));
    });
  });

  it("believes a server that has gone back in time", async () => {
    store.hold(pod("a"));
    await settled();
    api.freeze(configMapKind);
    setApp("2");
    client.backBy = 1_000;
    store.hold(pod("b"));
    await settled();
    expect(appTo("a")).to.equal('{"a":"2"}');
  });

  it("reads once for many pods that come together", async () => {
    store.hold(pod("first"));
    await settled();
    client.lists = 0;
    for (let n = 0; n < 100; n += 1) store.hold(pod(`p${n}`));
    await settled();

    expect(appTo("p99")).to.equal('{"a":"1"}');
    expect(client.lists).to.be.at.most(4);
  });

  it("goes on showing what it saw while the api-server is away, and reads for new pods when it is back", async () => {
    store.hold(pod("a"));
    await settled();
    const back = api.intercept({
      before: () => {
        throw unavailable("away");
      },
    });
    store.hold(pod("b"));
    await settled();
    expect(appTo("a")).to.equal('{"a":"1"}');
    expect(store.knownTo("b", app)).to.deep.equal({ state: "unread", problem: "away" });

    back();
    await clock.advance(8_000);
    expect(appTo("b")).to.equal('{"a":"1"}');
  });

  it("knows nothing of what a pod does not name", async () => {
    store.hold(pod("a"));
    await settled();
    expect(store.knownTo("a", { ...app, name: "other" }).state).to.equal("unread");
    expect(store.knownTo("stranger", app).state).to.equal("unread");
  });

  it("watches nothing for a pod that names nothing", async () => {
    store.hold(makeWhole(podKind, { metadata: { uid: "plain" }, spec: { containers: [{ name: "main" }] } }));
    await settled();
    expect(client.lists).to.equal(0);
  });
});
