import { expect } from "chai";
import { controllerRevisionKind } from "../../../src/api/kinds/controllerrevision/kind.js";
import { daemonSetKind } from "../../../src/api/kinds/daemonset/kind.js";
import { namespaceKind } from "../../../src/api/kinds/namespace/kind.js";
import { keyOf, type Whole } from "../../../src/api/object.js";
import type { ControllerRevision } from "../../../src/gen/howbernetes/apps/v1/controller_revision.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { daemonSet, namespace } from "../../builders/index.js";

/** As a client sends it. */
const unborn = { uid: "", resourceVersion: "" };
const ns = "revisions";
const key = { namespace: ns, name: "agent" };

describe("controller revisions", () => {
  let cluster: TestCluster;

  before(async () => {
    cluster = await startCluster({ nodes: 1 });
    await cluster.client.of(namespaceKind).create(namespace({ name: ns, ...unborn }));
  });
  after(() => cluster.stop());

  const revisions = () => cluster.client.of(controllerRevisionKind);
  const untilRevisions = (what: string, predicate: (all: readonly Whole<ControllerRevision>[]) => boolean) =>
    cluster.untilAll(controllerRevisionKind, ns, predicate, { what });
  const setImage = (image: string) =>
    cluster.client.of(daemonSetKind).patch(key, "strategic", { spec: { template: { spec: { containers: [{ name: "main", image }] } } } });

  it("live through creation, labels, updates, replacement and deletion, one by one and together", async () => {
    const { metadata: owner } = await cluster.client.of(daemonSetKind).create(daemonSet({ namespace: ns, status: {}, ...unborn }));
    const [first] = await untilRevisions("the first revision", (all) => all.length === 1);
    if (first === undefined) throw new Error("there is no revision");
    expect(first.metadata.ownerReferences[0]).to.include({ kind: "DaemonSet", name: "agent", uid: owner.uid, controller: true });
    expect(JSON.parse(first.data?.raw?.toString() ?? "{}")).to.have.nested.property("spec.template.$patch", "replace");

    const patched = await revisions().patch(keyOf(first), "merge", { metadata: { labels: { mark: "patched" } } });
    expect(patched.metadata.labels).to.include({ mark: "patched", app: "agent" });
    const data = { raw: Buffer.from(first.data?.raw?.toString().replace("busybox:1.36", "older:1") ?? "") };
    await revisions().create({ ...first, metadata: { ...first.metadata, ...unborn, name: "by-hand" }, data, revision: 2 });
    // The present template's is always the newest.
    await untilRevisions("the first to be the newest", (all) =>
      all.some(({ metadata, revision }) => metadata.uid === first.metadata.uid && revision === 3),
    );
    await revisions().delete({ namespace: ns, name: "by-hand" });

    const updated = await revisions().update({
      ...patched,
      metadata: { ...patched.metadata, resourceVersion: "", labels: { app: "agent", mark: "updated" } },
    });
    expect(updated.metadata.labels.mark).to.equal("updated");
    await revisions().delete(keyOf(first));
    const [again] = await untilRevisions("it to be made anew", ([one]) => one !== undefined && one.metadata.uid !== first.metadata.uid);
    expect(again?.metadata.name).to.equal(first.metadata.name);

    await setImage("two:2");
    await untilRevisions("two revisions", (all) => all.length === 2);
    await revisions().deleteCollection({ namespace: ns, labelSelector: "app=agent" });
    const [last] = await untilRevisions("the present one again", ([one, ...others]) => one !== undefined && others.length === 0);
    expect(JSON.stringify(JSON.parse(last?.data?.raw?.toString() ?? "{}"))).to.contain("two:2");
  });
});
