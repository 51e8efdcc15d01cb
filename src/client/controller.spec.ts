import { expect } from "chai";
import { configMap, pod, replicaSet } from "../../test/builders/index.js";
import { FakeApi } from "../../test/fakes/fake-api/fake-api.js";
import { settle } from "../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../test/fakes/fake-clock.js";
import { unavailable } from "../api/errors.js";
import { configMapKind } from "../api/kinds/configmap/kind.js";
import { eventKind } from "../api/kinds/event/kind.js";
import { leaseKind } from "../api/kinds/lease/kind.js";
import { podKind } from "../api/kinds/pod/kind.js";
import { replicaSetKind } from "../api/kinds/replicaset/kind.js";
import { formatKey } from "../api/object.js";
import { controllerReference } from "../api/owner-reference.js";
import { createLog } from "../base/log.js";
import { createMetrics } from "../base/metrics.js";
import type { ReplicaSet } from "../gen/howbernetes/apps/v1/replicaset.js";
import { type ControllerDefinition, createController, type ManagedController, type ReconcileRequest, watch } from "./controller.js";
import { createManager, type ManagerOptions } from "./controller-manager.js";
import { makeObject } from "./make-object.js";

const web = { namespace: "default", name: "web" };

describe("a controller of one's own", () => {
  let clock: FakeClock;
  let api: FakeApi;
  let seen: string[];
  let stops: (() => Promise<void>)[];

  beforeEach(() => {
    clock = new FakeClock();
    api = new FakeApi(clock);
    seen = [];
    stops = [];
  });
  afterEach(async () => {
    await Promise.all(stops.map((stop) => stop()));
  });

  async function start(
    controllers: readonly ManagedController[],
    options: Partial<ManagerOptions> = {},
  ): Promise<{ readonly stop: () => Promise<void> }> {
    const control = new AbortController();
    const manager = createManager({ client: api, controllers, clock, log: createLog("test", "silent"), ...options });
    const ended = manager.run(control.signal);
    const stop = async (): Promise<void> => {
      control.abort();
      await ended;
    };
    stops.push(stop);
    await settle();
    return { stop };
  }
  const define = (definition: Partial<ControllerDefinition<ReplicaSet>> = {}): ManagedController =>
    createController({
      name: "test",
      for: replicaSetKind,
      reconcile: async ({ key, object }) => {
        seen.push(`${formatKey(key)} ${object === undefined ? "gone" : "here"}`);
        return undefined;
      },
      ...definition,
    });
  const seed = (name: string) => api.seed(replicaSetKind, replicaSet({ name }));

  it("is told of what is there, what comes, what changes and what goes", async () => {
    seed("a");
    await start([define()]);
    seed("b");
    await settle();
    api.change(replicaSetKind, { namespace: "default", name: "a" }, ({ metadata }) => {
      metadata.labels = { changed: "yes" };
    });
    await settle();
    api.remove(replicaSetKind, { namespace: "default", name: "b" });
    await settle();

    expect(seen).to.deep.equal(["default/a here", "default/b here", "default/a here", "default/b gone"]);
  });

  it("looks only at what it selects", async () => {
    seed("a");
    api.seed(replicaSetKind, replicaSet({ name: "b", namespace: "other" }));
    await start([define({ selection: { namespace: "other" } })]);

    expect(seen).to.deep.equal(["other/b here"]);
  });

  it("looks only at what it selects, also when its figures are shown", async () => {
    seed("a");
    api.seed(replicaSetKind, replicaSet({ name: "b", namespace: "other" }));
    const metrics = createMetrics({ process: false });
    await start([define({ selection: { namespace: "other" } })], { metrics });

    expect(seen).to.deep.equal(["other/b here"]);
  });

  it("leaves changes alone that do not matter to it", async () => {
    seed("web");
    await start([define({ matters: (object, previous) => object.spec.replicas !== previous.spec.replicas })]);
    seen.length = 0;
    api.change(replicaSetKind, web, ({ metadata }) => {
      metadata.labels = { changed: "yes" };
    });
    await settle();
    expect(seen).to.deep.equal([]);
    api.change(replicaSetKind, web, ({ spec }) => {
      spec.replicas = 7;
    });
    await settle();

    expect(seen).to.deep.equal(["default/web here"]);
  });

  it("looks again when something that it owns changes, and at nobody else's", async () => {
    const owner = seed("web");
    await start([define({ owns: [podKind] })]);
    seen.length = 0;
    const mine = pod({ name: "mine" });
    mine.metadata.ownerReferences = [controllerReference(replicaSetKind, owner)];
    api.seed(podKind, mine);
    await settle();
    api.remove(podKind, { namespace: "default", name: "mine" });
    await settle();
    api.seed(podKind, pod({ name: "nobodys" }));
    const others = pod({ name: "others" });
    others.metadata.ownerReferences = [{ ...controllerReference(replicaSetKind, owner), apiVersion: "example.com/v1" }];
    api.seed(podKind, others);
    await settle();

    expect(seen).to.deep.equal(["default/web here", "default/web here"]);
  });

  it("looks at what another kind's objects point at, before and after they change", async () => {
    for (const name of ["a", "b"]) seed(name);
    const toNamed = watch(configMapKind, ({ metadata, data }) => [{ namespace: metadata.namespace, name: data.set ?? "" }]);
    await start([define({ watches: [toNamed] })]);
    api.seed(configMapKind, configMap({ name: "pointer", data: { set: "a" } }));
    await settle();
    seen.length = 0;
    api.change(configMapKind, { namespace: "default", name: "pointer" }, (draft) => {
      draft.data = { set: "b" };
    });
    await settle();

    expect(seen.sort()).to.deep.equal(["default/a here", "default/b here"]);
  });

  /** Keeps two pods for each ReplicaSet, by nothing but what the cache shows. */
  const keepTwo = async ({ object, caches, client, signal }: ReconcileRequest<ReplicaSet>): Promise<undefined> => {
    if (object === undefined) return;
    const owned = caches.ownedBy(object, podKind);
    const pods = client.of(podKind);
    for (const surplus of owned.slice(2)) await pods.delete(surplus.metadata, { options: { gracePeriodSeconds: 0 }, signal });
    for (let missing = 2 - owned.length; missing > 0; missing -= 1) {
      const { namespace, name } = object.metadata;
      const metadata = { namespace, generateName: `${name}-`, ownerReferences: [controllerReference(replicaSetKind, object)] };
      await pods.create(makeObject(podKind, { metadata, spec: { containers: [{ name: "main", image: "busybox:1.36" }] } }), { signal });
    }
  };
  const touch = (): unknown =>
    api.change(replicaSetKind, web, ({ metadata }) => {
      metadata.annotations = { touched: String(clock.now()) + seen.length };
    });

  it("never decides on a cache that does not show its own creations", async () => {
    await start([define({ owns: [podKind], reconcile: keepTwo })]);
    const thaw = api.freeze(podKind);
    seed("web");
    await settle();
    touch();
    await clock.advance(60_000);
    expect(api.objects(podKind)).to.have.length(2);
    thaw();
    await clock.advance(60_000);

    expect(api.objects(podKind)).to.have.length(2);
  });

  it("never decides on a cache that does not show its own deletions", async () => {
    const owner = seed("web");
    for (const name of ["a", "b", "c", "d"]) {
      const owned = pod({ name, nodeName: "" });
      owned.metadata.ownerReferences = [controllerReference(replicaSetKind, owner)];
      api.seed(podKind, owned);
    }
    let deletions = 0;
    api.intercept({
      before: ({ verb }) => {
        if (verb === "delete") deletions += 1;
      },
    });
    // Frozen from the first deletion on.
    const frozen: { thaw?: () => void } = {};
    api.observe(() => {
      frozen.thaw ??= api.freeze(podKind);
    });
    await start([define({ owns: [podKind], reconcile: keepTwo })]);
    touch();
    await clock.advance(60_000);
    frozen.thaw?.();
    await clock.advance(60_000);

    expect(api.objects(podKind)).to.have.length(2);
    expect(deletions).to.equal(2);
  });

  it("does not wait for the writes of one object with another", async () => {
    await start([define({ owns: [podKind], reconcile: keepTwo })]);
    const thaw = api.freeze(podKind);
    seed("web");
    await settle();
    seed("other");
    await settle();

    expect(api.objects(podKind)).to.have.length(4);
    thaw();
  });

  it("is tried again when it throws, and comes back when it asks to", async () => {
    let calls = 0;
    const reconcile = async (): Promise<{ requeueAfterMs: number }> => {
      calls += 1;
      if (calls === 1) throw unavailable("away");
      return { requeueAfterMs: 10_000 };
    };
    seed("web");
    await start([define({ reconcile })]);
    await clock.advance(5);
    expect(calls).to.equal(2);
    await clock.advance(10_000);

    expect(calls).to.equal(3);
  });

  it("records Events under its name", async () => {
    seed("web");
    const reconcile = async ({ object, events }: ReconcileRequest<ReplicaSet>): Promise<undefined> => {
      if (object !== undefined) events.event({ kind: replicaSetKind, object }, "Normal", "Seen", "it was seen");
    };
    await start([define({ reconcile })]);

    expect(api.objects(eventKind).map(({ reason, source }) => [reason, source?.component])).to.deep.equal([["Seen", "test"]]);
  });

  it("shows its figures under its name", async () => {
    const metrics = createMetrics({ process: false });
    await start([define({ owns: [podKind], reconcile: keepTwo })], { metrics });
    seed("web");
    await settle();

    const text = await metrics.render();
    expect(text).to.match(/howbernetes_workqueue_adds_total\{controller="test"\} [1-9]/);
    expect(text).to.match(/howbernetes_cache_wait_seconds_count\{controller="test"\} [1-9]/);
    expect(text).to.match(/howbernetes_reconcile_duration_seconds_count\{controller="test",outcome="done"\} [1-9]/);
  });

  it("is not stopped by another one that fails, and is stopped with it", async () => {
    const failing: ManagedController = {
      name: "failing",
      setUp: () => ({ name: "failing", run: () => Promise.reject(new Error("fault")) }),
    };
    const { stop } = await start([failing, define()]);
    seed("a");
    await settle();
    expect(seen).to.deep.equal(["default/a here"]);

    await stop();
    seed("b");
    await settle();
    expect(seen).to.deep.equal(["default/a here"]);
  });

  it("works in one of several processes, and in another one when that has ended", async () => {
    const election = { lease: { namespace: "kube-system", name: "test" }, identity: "one" };
    const first = await start([define({ name: "first" })], { election });
    await start([define({ name: "second", reconcile: async ({ key }) => void seen.push(`second ${key.name}`) })], { election });
    seed("a");
    await settle();
    expect(seen).to.deep.equal(["default/a here"]);
    expect(api.objects(leaseKind)[0]?.spec.holderIdentity).to.match(/^one_/);

    await first.stop();
    await settle();
    expect(seen).to.deep.equal(["default/a here", "second a"]);
  });
});
