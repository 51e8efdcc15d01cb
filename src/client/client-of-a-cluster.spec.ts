import { expect } from "chai";
import { replicaSet } from "../../test/builders/index.js";
import { deferred, untilAbort } from "../base/abort.js";
import { startCluster } from "../testing/start-cluster.js";
import type { TestCluster } from "../testing/test-cluster.js";
import {
  type ApiClient,
  configMapKind,
  controllerReference,
  createController,
  createLog,
  createManager,
  isConflict,
  isInvalid,
  isNotFound,
  leaseKind,
  makeObject,
  mutate,
  pagesOf,
  type ReconcileRequest,
  type ReplicaSet,
  replicaSetKind,
  runLeader,
  systemClock,
} from "./index.js";

const names = (objects: readonly { readonly metadata: { readonly name: string } }[]): string[] =>
  objects.map(({ metadata }) => metadata.name);

describe("a client of a whole cluster", function () {
  this.timeout(60_000);
  let cluster: TestCluster;

  before(async () => {
    cluster = await startCluster({ nodes: 0, controllers: [], scheduler: false });
  });
  after(() => cluster.stop());

  const configMaps = () => cluster.client.of(configMapKind);
  const create = (name: string, labels: Record<string, string> = {}) =>
    configMaps().create(makeObject(configMapKind, { metadata: { namespace: "default", name, labels } }));

  it("goes through a list page by page, of one revision, whatever is written meanwhile", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) await create(name, { test: "pages" });
    const seen: string[][] = [];
    const revisions = new Set<string>();
    for await (const { items, resourceVersion } of pagesOf(configMaps(), { pageSize: 2, labelSelector: "test=pages" })) {
      seen.push(names(items));
      revisions.add(resourceVersion);
      await create(`f${seen.length}`, { test: "pages" });
    }

    expect(seen).to.deep.equal([["a", "b"], ["c", "d"], ["e"]]);
    expect(revisions.size).to.equal(1);
  });

  it("shows a list as it was at a revision, and says how many follow a page", async () => {
    await configMaps().deleteCollection({ namespace: "default" });
    await create("before");
    const { resourceVersion } = await configMaps().list({ namespace: "default" });
    await create("after");

    expect(names((await configMaps().list({ namespace: "default", resourceVersion, resourceVersionMatch: "Exact" })).items)).to.deep.equal([
      "before",
    ]);
    expect(names((await configMaps().list({ namespace: "default", resourceVersion })).items)).to.deep.equal(["after", "before"]);
    expect((await configMaps().page({ namespace: "default", pageSize: 1 })).remainingItemCount).to.equal(1);
  });

  it("deletes a collection, and nothing besides", async () => {
    await create("doomed-1", { test: "doomed" });
    await create("doomed-2", { test: "doomed" });
    await create("kept", { test: "kept" });
    const gone = await configMaps().deleteCollection({ namespace: "default", labelSelector: "test=doomed" });

    expect(names(gone)).to.deep.equal(["doomed-1", "doomed-2"]);
    expect(names((await configMaps().list({ labelSelector: "test in (doomed, kept)" })).items)).to.deep.equal(["kept"]);
  });

  it("answers a deletion with the revision that it made", async () => {
    await create("short-lived");
    const key = { namespace: "default", name: "short-lived" };
    const { object } = await configMaps().delete(key);

    expect(object.metadata.resourceVersion).to.equal((await configMaps().list()).resourceVersion);
  });

  it("reads and sets the scale of what has replicas, and of nothing else", async () => {
    const replicaSets = cluster.client.of(replicaSetKind);
    await replicaSets.create(replicaSet({ name: "scaled", replicas: 2, resourceVersion: "", uid: "" }));
    const key = { namespace: "default", name: "scaled" };
    const scale = await replicaSets.getScale(key);
    expect([scale.spec.replicas, scale.status.selector]).to.deep.equal([2, "app=scaled"]);

    scale.spec.replicas = 5;
    expect((await replicaSets.updateScale(key, scale)).spec.replicas).to.equal(5);
    expect((await replicaSets.get(key)).spec.replicas).to.equal(5);
    const stale = await replicaSets.updateScale(key, scale).catch((error: unknown) => error);
    expect(isConflict(stale)).to.equal(true);
    const unscaled = await configMaps()
      .getScale(key)
      .catch((error: unknown) => error);
    expect(isNotFound(unscaled)).to.equal(true);
  });

  it("tries writes out, names who made them, and treats unknown fields as it is told", async () => {
    const key = { namespace: "default", name: "tried" };
    await configMaps().create(makeObject(configMapKind, { metadata: key }), { dryRun: true });
    expect(
      isNotFound(
        await configMaps()
          .get(key)
          .catch((error: unknown) => error),
      ),
    ).to.equal(true);

    await configMaps().create(makeObject(configMapKind, { metadata: key }), { fieldManager: "somebody" });
    const { metadata } = await configMaps().apply(key, { data: { a: "1" } }, { fieldManager: "another" });
    expect(metadata.managedFields.map(({ manager }) => manager)).to.include("another");

    const unknown = { data: { a: "2" }, nonsense: true };
    const refused = await configMaps()
      .patch(key, "merge", unknown)
      .catch((error: unknown) => error);
    expect(isInvalid(refused)).to.equal(true);
    expect((await configMaps().patch(key, "merge", unknown, { fieldValidation: "Ignore" })).data).to.deep.equal({ a: "2" });
  });

  it("refuses what a leader writes once another leads, whatever it believes", async () => {
    const lease = { namespace: "default", name: "fenced" };
    const leases = cluster.client.of(leaseKind);
    const stop = new AbortController();
    const leading = deferred<ApiClient>();
    // Heeds no signal, as a process that was stopped in the middle.
    const lead = async (client: ApiClient): Promise<void> => {
      leading.resolve(client);
      await untilAbort(stop.signal);
    };
    const log = createLog("test", "silent");
    const running = runLeader({ client: cluster.connect("leader"), lease, identity: "old", clock: systemClock, log, lead }, stop.signal);
    const fenced = (await leading.promise).of(configMapKind);
    const write = (name: string) => fenced.create(makeObject(configMapKind, { metadata: { namespace: "default", name } }));
    await write("while-leading");

    await mutate(leases, lease, ({ spec }) => {
      spec.holderIdentity = "new";
    });
    const refused = await write("after-another-leads").catch((error: unknown) => error);

    stop.abort();
    await running;
    expect(isConflict(refused)).to.equal(true);
    expect(names((await configMaps().list({ namespace: "default" })).items)).to.not.include("after-another-leads");
  });

  /** Keeps one ConfigMap, under a name that the server makes up, for each ReplicaSet. */
  const keepOne = async ({ object, caches, client, signal }: ReconcileRequest<ReplicaSet>): Promise<void> => {
    if (object === undefined || caches.ownedBy(object, configMapKind).length > 0) return;
    const { namespace, name } = object.metadata;
    const ownerReferences = [controllerReference(replicaSetKind, object)];
    const made = makeObject(configMapKind, { metadata: { namespace, generateName: `${name}-`, ownerReferences } });
    await client.of(configMapKind).create(made, { signal });
  };

  it("runs a controller that makes exactly one of each, however often it is called", async () => {
    const controller = createController({ name: "one-each", for: replicaSetKind, owns: [configMapKind], reconcile: keepOne, workers: 8 });
    const client = cluster.connect("one-each");
    const stop = new AbortController();
    const log = createLog("test", "silent");
    const election = { lease: { namespace: "default", name: "one-each" } };
    const running = createManager({ client, controllers: [controller], election, clock: systemClock, log }).run(stop.signal);
    const replicaSets = cluster.client.of(replicaSetKind);
    const sets = Array.from({ length: 20 }, (_, index) => `each-${index}`);
    await Promise.all(sets.map((name) => replicaSets.create(replicaSet({ name, replicas: 0, resourceVersion: "", uid: "" }))));
    const touch = async (name: string): Promise<void> => {
      for (let turn = 0; turn < 5; turn += 1) {
        await replicaSets.patch({ namespace: "default", name }, "merge", { metadata: { annotations: { turn: String(turn) } } });
      }
    };
    await Promise.all(sets.map(touch));
    const ofEach = (all: readonly { readonly metadata: { readonly generateName?: string | undefined } }[]): readonly unknown[] =>
      all.filter(({ metadata }) => metadata.generateName?.startsWith("each-"));
    const made = await cluster.untilAll(configMapKind, "default", (all) => ofEach(all).length >= 20);

    stop.abort();
    await running;
    expect(ofEach(made)).to.have.length(20);
    expect(ofEach((await configMaps().list()).items)).to.have.length(20);
  });
});
