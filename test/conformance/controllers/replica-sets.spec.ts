import { expect } from "chai";
import { limitRangeKind } from "../../../src/api/kinds/limitrange/kind.js";
import { namespaceKind } from "../../../src/api/kinds/namespace/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { replicaSetKind } from "../../../src/api/kinds/replicaset/kind.js";
import { resourceQuotaKind } from "../../../src/api/kinds/resourcequota/kind.js";
import type { Whole } from "../../../src/api/object.js";
import type { ReplicaSet } from "../../../src/gen/howbernetes/apps/v1/replicaset.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { namespace, pod, replicaSet, resourceQuota } from "../../builders/index.js";

const unborn = { uid: "", resourceVersion: "" };
const isActive = ({ metadata, status }: Whole<Pod>): boolean =>
  metadata.deletionTimestamp === undefined && status.phase !== "Failed" && status.phase !== "Succeeded";

describe("replica sets", () => {
  let cluster: TestCluster;
  let ns: string;
  let made = 0;

  before(async () => {
    cluster = await startCluster({ nodes: 2 });
  });
  after(() => cluster.stop());
  beforeEach(async () => {
    ns = `replica-sets-${++made}`;
    await cluster.client.of(namespaceKind).create(namespace({ name: ns, ...unborn }));
  });

  const sets = () => cluster.client.of(replicaSetKind);
  const pods = () => cluster.client.of(podKind);
  const key = () => ({ namespace: ns, name: "web" });
  const create = (replicas: number, image = "one:1") =>
    sets().create(replicaSet({ namespace: ns, replicas, template: { image }, status: {}, ...unborn }));
  const until = (what: string, predicate: (set: Whole<ReplicaSet>) => boolean) => cluster.until(replicaSetKind, key(), predicate, { what });
  const ready = (count: number) =>
    until(`${count} ready pods`, ({ status }) => (status.readyReplicas ?? 0) === count && (status.replicas ?? 0) === count);
  const untilPods = (what: string, predicate: (all: readonly Whole<Pod>[]) => boolean) =>
    cluster.untilAll(podKind, ns, predicate, { what });
  const condition = ({ status }: Whole<ReplicaSet>): string | undefined =>
    status.conditions.find(({ type }) => type === "ReplicaFailure")?.reason;

  it("keep as many pods as they ask for, each with a name and an address of its own", async () => {
    await create(3);
    const set = await ready(3);
    const all = await untilPods("3 pods", (each) => each.length === 3);

    expect(set.status).to.include({ replicas: 3, fullyLabeledReplicas: 3, readyReplicas: 3, availableReplicas: 3, observedGeneration: 1 });
    expect(new Set(all.map(({ metadata }) => metadata.name))).to.have.property("size", 3);
    for (const { metadata, status } of all) {
      expect(metadata.name).to.match(/^web-[a-z0-9]{5}$/);
      expect(status.podIP).to.match(/^\d+\.\d+\.\d+\.\d+$/);
    }
    const [doomed] = all;
    await pods().delete({ namespace: ns, name: doomed?.metadata.name ?? "" });
    await untilPods(
      "another one",
      (each) => each.filter(isActive).length === 3 && !each.some(({ metadata }) => metadata.uid === doomed?.metadata.uid),
    );
  });

  it("take over pods that match, and let go of those that no longer do", async () => {
    await pods().create(pod({ name: "orphan", namespace: ns, nodeName: "", labels: { app: "web" }, status: {}, ...unborn }));
    const { metadata } = await create(1);
    const adopted = await cluster.until(podKind, { namespace: ns, name: "orphan" }, (each) => each.metadata.ownerReferences.length > 0);
    await until("its status", ({ status }) => status.replicas === 1);
    const alone = await untilPods("one pod", (each) => each.length === 1);
    await pods().patch({ namespace: ns, name: "orphan" }, "merge", { metadata: { labels: { app: "other" } } });
    const released = await cluster.until(podKind, { namespace: ns, name: "orphan" }, (each) => each.metadata.ownerReferences.length === 0);
    await untilPods("another pod in its place", (each) => each.filter(({ metadata: { labels } }) => labels.app === "web").length === 1);

    expect(adopted.metadata.ownerReferences[0]).to.include({ kind: "ReplicaSet", uid: metadata.uid, controller: true });
    expect(alone.map((each) => each.metadata.name)).to.deep.equal(["orphan"]);
    expect(released.metadata.deletionTimestamp).to.equal(undefined);
  });

  it("are scaled by an update, by a patch and by their scale, and change only the pods to come", async () => {
    await create(1);
    const set = await ready(1);
    await sets().update({ ...set, metadata: { ...set.metadata, resourceVersion: "" }, spec: { ...set.spec, replicas: 2 } });
    await ready(2);
    const containers = [{ name: "main", image: "two:2" }];
    await sets().patch(key(), "strategic", {
      metadata: { labels: { patched: "yes" } },
      spec: { replicas: 3, template: { spec: { containers } } },
    });
    const patched = await ready(3);
    const images = (await pods().list({ namespace: ns })).items.map(({ spec }) => spec.containers[0]?.image);
    const scale = await sets().getScale(key());
    await sets().updateScale(key(), { ...scale, metadata: { ...scale.metadata, resourceVersion: "" }, spec: { replicas: 0 } });
    await untilPods("none", (all) => all.length === 0);

    expect(patched.metadata.labels).to.include({ patched: "yes" });
    expect(images.sort()).to.deep.equal(["one:1", "one:1", "two:2"]);
    expect([scale.spec.replicas, scale.status.replicas]).to.deep.equal([3, 3]);
  });

  it("go with their pods when they are deleted together", async () => {
    await create(2);
    await ready(2);
    const { items } = await sets().list({ namespace: ns });
    expect(items.map(({ metadata }) => metadata.name)).to.deep.equal(["web"]);
    await sets().deleteCollection({ namespace: ns });
    await cluster.gone(replicaSetKind, key());
    await untilPods("none", (all) => all.length === 0);
  });

  it("have a status that their controller keeps true, whatever is written into it", async () => {
    await create(1);
    await ready(1);
    const written = await sets().patch(key(), "merge", { status: { readyReplicas: 0, availableReplicas: 0 } }, { subresource: "status" });
    expect(written.status.readyReplicas ?? 0).to.equal(0);
    await ready(1);
  });

  it("say that a quota is exceeded, and have their pods as soon as there is room", async () => {
    const quotas = cluster.client.of(resourceQuotaKind);
    await quotas.create(resourceQuota({ namespace: ns, hard: { pods: "2" }, ...unborn }));
    await create(3);
    const short = await until("to be short of a pod", (set) => condition(set) === "FailedCreate" && set.status.replicas === 2);
    expect(short.status.conditions[0]?.message).to.contain("exceeded quota: team");

    await quotas.patch({ namespace: ns, name: "team" }, "merge", { spec: { hard: { pods: "3" } } });
    const full = await ready(3);
    const content = await until("the condition to go", (set) => condition(set) === undefined);
    expect([full.status.replicas, content.status.conditions]).to.deep.equal([3, []]);
  });

  it("have their pods as soon as there are defaults for what a quota wants to be said", async () => {
    const quotas = cluster.client.of(resourceQuotaKind);
    await quotas.create(resourceQuota({ namespace: ns, hard: { "requests.cpu": "2" }, ...unborn }));
    await create(1);
    await until("to be refused", (set) => condition(set) === "FailedCreate");
    const limits = [{ type: "Container", defaultRequest: { cpu: "100m" } }];
    const range = await cluster.client
      .of(limitRangeKind)
      .apply({ namespace: ns, name: "limits" }, { metadata: { name: "limits", namespace: ns }, spec: { limits } });
    await ready(1);
    expect(range.metadata.name).to.equal("limits");
  });
});
