import { expect } from "chai";
import { configMapKind } from "../../../src/api/kinds/configmap/kind.js";
import { deploymentKind } from "../../../src/api/kinds/deployment/kind.js";
import { eventKind } from "../../../src/api/kinds/event/kind.js";
import { namespaceKind } from "../../../src/api/kinds/namespace/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { replicaSetKind } from "../../../src/api/kinds/replicaset/kind.js";
import type { Whole } from "../../../src/api/object.js";
import type { Deployment } from "../../../src/gen/howbernetes/apps/v1/deployment.js";
import type { ReplicaSet } from "../../../src/gen/howbernetes/apps/v1/replicaset.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { configMap, type DeploymentOptions, deployment, namespace, replicaSet } from "../../builders/index.js";

const configHash = "howbernetes.dev/config-hash";
const unborn = { uid: "", resourceVersion: "" };
const revision = "deployment.kubernetes.io/revision";

const imageOf = ({
  spec,
}: Whole<Pod> | { readonly spec: { readonly containers: readonly { readonly image?: string | undefined }[] } }): string =>
  spec.containers[0]?.image ?? "";
const setImageOf = ({ spec }: Whole<ReplicaSet>): string => spec.template?.spec?.containers[0]?.image ?? "";
const isOver = ({ status }: Whole<Pod>): boolean => status.phase === "Succeeded" || status.phase === "Failed";

/** Whether all replicas are of the present template, available, and no others are there. */
function isRolledOut({ metadata, spec, status }: Whole<Deployment>): boolean {
  const wanted = spec.replicas ?? 0;
  const { observedGeneration, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status;
  return observedGeneration === metadata.generation && [replicas, updatedReplicas, availableReplicas].every((count) => count === wanted);
}

describe("deployments", () => {
  let cluster: TestCluster;
  let ns: string;
  let made = 0;

  before(async () => {
    // What is called broken never starts.
    cluster = await startCluster({
      nodes: 2,
      behaviour: ({ image }) => (image.startsWith("broken") ? { startError: "exec format error" } : {}),
    });
  });
  after(() => cluster.stop());
  beforeEach(async () => {
    ns = `deployments-${++made}`;
    await cluster.client.of(namespaceKind).create(namespace({ name: ns, ...unborn }));
  });

  const deployments = () => cluster.client.of(deploymentKind);
  const key = () => ({ namespace: ns, name: "web" });
  const create = (options: DeploymentOptions) => deployments().create(deployment({ namespace: ns, status: {}, ...unborn, ...options }));
  const setImage = (image: string) =>
    deployments().patch(key(), "strategic", { spec: { template: { spec: { containers: [{ name: "main", image }] } } } });
  const patch = (spec: object) => deployments().patch(key(), "merge", { spec });
  const until = (what: string, predicate: (web: Whole<Deployment>) => boolean) => cluster.until(deploymentKind, key(), predicate, { what });
  const rolledOut = () => until("the end of the rollout", isRolledOut);
  const reason = ({ status }: Whole<Deployment>, type = "Progressing"): string | undefined =>
    status.conditions.find((condition) => condition.type === type)?.reason;
  const untilReplicaSets = (what: string, predicate: (sets: readonly Whole<ReplicaSet>[]) => boolean) =>
    cluster.untilAll(replicaSetKind, ns, predicate, { what });
  const sizes = async (): Promise<Record<string, number>> => {
    const { items } = await cluster.client.of(replicaSetKind).list({ namespace: ns });
    return Object.fromEntries(items.map((set) => [setImageOf(set), set.spec.replicas ?? 0]));
  };
  const untilSizes = (wanted: Readonly<Record<string, number>>) =>
    untilReplicaSets(`sizes ${JSON.stringify(wanted)}`, (sets) => {
      const found = Object.fromEntries(sets.map((set) => [setImageOf(set), set.spec.replicas ?? 0]));
      return Object.entries(wanted).every(([image, size]) => found[image] === size);
    });
  const images = async (): Promise<string[]> => (await cluster.client.of(podKind).list({ namespace: ns })).items.map(imageOf).sort();
  const untilPods = (what: string, predicate: (pods: readonly Whole<Pod>[]) => boolean) =>
    cluster.untilAll(podKind, ns, predicate, { what });
  const untilEvent = async (of: string): Promise<string> => {
    const events = await cluster.untilAll(eventKind, ns, (all) => all.some((event) => event.reason === of), { what: `event ${of}` });
    return events.find((event) => event.reason === of)?.message ?? "";
  };

  it("take over a ReplicaSet that matches, and exchange its pods for new ones", async () => {
    await cluster.client.of(replicaSetKind).create(
      replicaSet({
        name: "web-old",
        labels: { app: "web" },
        namespace: ns,
        replicas: 2,
        matchLabels: { app: "web" },
        annotations: { [revision]: "7" },
        template: { image: "one:1" },
        status: {},
        ...unborn,
      }),
    );
    await untilReplicaSets("its pods", ([set]) => set?.status.readyReplicas === 2);
    const web = await create({ replicas: 2, template: { image: "two:2" } });
    const done = await rolledOut();
    const pods = await untilPods("the new pods alone", (all) => all.length === 2 && all.every((pod) => imageOf(pod) === "two:2"));
    const sets = await untilReplicaSets("the old one emptied", (all) =>
      all.some((set) => setImageOf(set) === "one:1" && (set.status.replicas ?? 0) === 0),
    );

    expect(sets.map((set) => [setImageOf(set), set.spec.replicas, set.metadata.annotations[revision]])).to.have.deep.members([
      ["one:1", 0, "7"],
      ["two:2", 2, "8"],
    ]);
    for (const { metadata } of sets)
      expect(metadata.ownerReferences[0]).to.include({ kind: "Deployment", uid: web.metadata.uid, controller: true });
    const fresh = sets.find((set) => setImageOf(set) === "two:2")?.metadata;
    const hash = fresh?.labels["pod-template-hash"];
    expect(fresh?.name).to.equal(`web-${hash}`);
    expect(pods.map(({ metadata }) => metadata.labels["pod-template-hash"])).to.deep.equal([hash, hash]);
    expect(done.metadata.annotations[revision]).to.equal("8");
    expect(reason(done)).to.equal("NewReplicaSetAvailable");
  });

  it("start no new pod before the last old one is gone, if they are to be recreated", async () => {
    await create({ replicas: 3, strategy: "Recreate", template: { image: "one:1" } });
    await rolledOut();
    const watching = new AbortController();
    const mixed: string[] = [];
    const watched = (async () => {
      const there = new Map<string, string>();
      for await (const event of cluster.client.of(podKind).watch({ namespace: ns, signal: watching.signal })) {
        if (event.type === "bookmark") continue;
        const { uid } = event.object.metadata;
        if (event.type === "deleted" || isOver(event.object)) there.delete(uid);
        else there.set(uid, imageOf(event.object));
        if (new Set(there.values()).size > 1) mixed.push([...there.values()].join());
      }
    })().catch((_stopped: unknown) => undefined);
    await setImage("two:2");
    const done = await rolledOut();
    await untilPods("the new pods alone", (all) => all.length === 3 && all.every((pod) => imageOf(pod) === "two:2"));
    watching.abort();
    await watched;

    expect(mixed).to.deep.equal([]);
    expect(reason(done)).to.equal("NewReplicaSetAvailable");
  });

  it("keep no more old ReplicaSets than their history admits", async () => {
    await create({ replicas: 1, revisionHistoryLimit: 0, template: { image: "one:1" } });
    await rolledOut();
    await setImage("two:2");
    const [only] = await untilReplicaSets(
      "the present one alone",
      (all) => all.length === 1 && all.every((set) => setImageOf(set) === "two:2"),
    );
    expect(only?.spec.replicas).to.equal(1);
  });

  it("share a new size in proportion while a rollout is under way", async () => {
    await create({ replicas: 10, maxSurge: 3, maxUnavailable: 2, template: { image: "one:1" } });
    await rolledOut();
    await setImage("broken:2");
    await untilSizes({ "one:1": 8, "broken:2": 5 });
    await until("8 available", ({ status }) => status.availableReplicas === 8 && status.updatedReplicas === 5);
    await patch({ replicas: 30 });
    await untilSizes({ "one:1": 20, "broken:2": 13 });
    await until("20 available", ({ status }) => status.availableReplicas === 20 && status.replicas === 33);
    await patch({ replicas: 10 });
    await untilSizes({ "one:1": 8, "broken:2": 5 });
    await setImage("one:1");
    const done = await rolledOut();

    expect(await sizes()).to.deep.equal({ "one:1": 10, "broken:2": 0 });
    expect(done.metadata.annotations[revision]).to.equal("3");
  });

  it("roll over to another template in the middle of a rollout", async () => {
    await create({ replicas: 4, maxSurge: 1, maxUnavailable: 0, minReadySeconds: 10, template: { image: "one:1" } });
    await until("4 ready", ({ status }) => status.readyReplicas === 4);
    cluster.clock.advance(11_000);
    await rolledOut();
    await setImage("two:2");
    await untilSizes({ "one:1": 4, "two:2": 1 });
    await setImage("three:3");
    await untilSizes({ "three:3": 1 });
    // Each new pod has to have been ready for long enough before an old one goes.
    for (let ready = 1; ready <= 4; ready++) {
      await until(`${ready} new pods ready`, ({ status }) => (status.updatedReplicas ?? 0) >= ready);
      await untilPods("all of them ready", (all) => all.filter((pod) => imageOf(pod) === "three:3").every(isReady));
      cluster.clock.advance(11_000);
    }
    await rolledOut();

    expect(await sizes()).to.deep.equal({ "one:1": 0, "two:2": 0, "three:3": 4 });
    await untilPods("the newest alone", (all) => all.length === 4 && all.every((pod) => imageOf(pod) === "three:3"));
  });

  it("live through creation, labels, rollouts, scaling, status and deletion", async () => {
    await create({ replicas: 1, labels: { life: "one" }, template: { image: "one:1" } });
    await rolledOut();
    await deployments().patch(key(), "merge", { metadata: { labels: { life: "two" } }, spec: { replicas: 2 } });
    await setImage("two:2");
    const done = await rolledOut();
    expect(done.metadata.labels).to.deep.equal({ life: "two" });
    expect(done.status).to.include({ replicas: 2, readyReplicas: 2, availableReplicas: 2, updatedReplicas: 2 });

    const scale = await deployments().getScale(key());
    expect([scale.spec.replicas, scale.status.replicas, scale.status.selector]).to.deep.equal([2, 2, "app=web"]);
    await deployments().updateScale(key(), { ...scale, metadata: { ...scale.metadata, resourceVersion: "" }, spec: { replicas: 3 } });
    await rolledOut();
    expect(await images()).to.deep.equal(["two:2", "two:2", "two:2"]);

    const conditions = [{ type: "Progressing", status: "False", reason: "SaysWho" }];
    await deployments().patch(key(), "merge", { status: { conditions } }, { subresource: "status" });
    const corrected = await until("the controller to have its say", (web) => reason(web) !== "SaysWho");
    expect(corrected.status.conditions.map(({ type }) => type)).to.have.members(["Available", "Progressing"]);

    await deployments().deleteCollection({ namespace: ns, labelSelector: "life=two" });
    await untilPods("no pods", (all) => all.length === 0);
    await untilReplicaSets("no ReplicaSets", (all) => all.length === 0);
  });

  it("begin nothing while they are paused, are scaled, and go on when they are resumed", async () => {
    await create({ replicas: 2, template: { image: "one:1" } });
    await rolledOut();
    await patch({ paused: true });
    const paused = await until("to be paused", (web) => reason(web) === "DeploymentPaused");
    await setImage("two:2");
    await patch({ replicas: 3 });
    await until("3 pods", ({ status }) => status.availableReplicas === 3 && status.replicas === 3);
    // For as long as it is paused, its time does not run out.
    cluster.clock.advance(3_600_000);
    expect(await sizes()).to.deep.equal({ "one:1": 3 });
    expect(paused.status.conditions.find(({ type }) => type === "Progressing")).to.include({ status: "Unknown" });

    await patch({ paused: false });
    await rolledOut();
    expect(await sizes()).to.deep.equal({ "one:1": 0, "two:2": 3 });
  });

  it("say that they are stuck when their deadline passes, though nothing else happens, and get unstuck", async () => {
    await create({ replicas: 2, progressDeadlineSeconds: 60, template: { image: "one:1" } });
    await rolledOut();
    await setImage("broken:2");
    await until("the rollout", ({ status }) => status.updatedReplicas === 1 && status.observedGeneration === 2);
    cluster.clock.advance(62_000);
    const stuck = await until("to be stuck", (web) => reason(web) === "ProgressDeadlineExceeded");
    await setImage("three:3");
    const done = await rolledOut();

    expect(stuck.status.availableReplicas).to.equal(2);
    expect(await sizes()).to.deep.equal({ "one:1": 0, "broken:2": 0, "three:3": 2 });
    expect(reason(done)).to.equal("NewReplicaSetAvailable");
    expect(done.status.conditions.map(({ type }) => type)).to.not.include("RolledBack");
  });

  describe("that ask for it", () => {
    const asking = { annotations: { "howbernetes.dev/on-failure": "rollback" }, progressDeadlineSeconds: 60 };
    /** They have to have been ready for ten seconds, where a rollback may follow. */
    const proven = async (count: number, image: string): Promise<void> => {
      await untilPods(
        `${count} ready pods of ${image}`,
        (all) => all.filter((pod) => imageOf(pod) === image && isReady(pod)).length === count,
      );
      cluster.clock.advance(11_000);
    };
    const stick = async (image: string): Promise<void> => {
      await setImage(image);
      await until(
        `${image} under way`,
        (web) => (web.status.updatedReplicas ?? 0) === 1 && web.status.observedGeneration === web.metadata.generation,
      );
      cluster.clock.advance(62_000);
    };

    it("return to their last complete revision when the deadline passes", async () => {
      await create({ ...asking, replicas: 2, template: { image: "one:1" } });
      await proven(2, "one:1");
      await rolledOut();
      await stick("broken:2");
      const back = await until("to be rolled back", (web) => isRolledOut(web) && reason(web, "RolledBack") !== undefined);

      expect(back.spec.template?.spec?.containers[0]?.image).to.equal("one:1");
      expect(await sizes()).to.deep.equal({ "one:1": 2, "broken:2": 0 });
      expect(back.metadata.annotations[revision]).to.equal("3");
      expect(await untilEvent("DeploymentRollback")).to.match(
        /^Revision 2 exceeded its progress deadline: rolled back to revision 1, replica set "web-\w+"$/,
      );

      await setImage("three:3");
      await proven(1, "three:3");
      await proven(2, "three:3");
      const forward = await until("the next rollout", (web) => isRolledOut(web) && reason(web, "RolledBack") === undefined);
      expect(forward.metadata.annotations).to.not.have.any.keys("howbernetes.dev/rolled-back-to", "howbernetes.dev/rolled-back-from");
    });

    it("stay where they are when there never was a complete revision", async () => {
      await create({ ...asking, replicas: 1, template: { image: "broken:1" } });
      await until("a pod", ({ status }) => status.updatedReplicas === 1);
      cluster.clock.advance(62_000);
      expect(await untilEvent("DeploymentRollbackRevisionNotFound")).to.contain("no earlier one was ever complete");
      const web = await until("to be stuck", (each) => reason(each) === "ProgressDeadlineExceeded");
      expect(web.spec.template?.spec?.containers[0]?.image).to.equal("broken:1");
    });
  });

  it("roll when their configuration changes, if they ask for it, and are left alone after an undo", async () => {
    await cluster.client.of(configMapKind).create(configMap({ namespace: ns, data: { color: "red" }, ...unborn }));
    await create({
      replicas: 1,
      annotations: { "howbernetes.dev/rollout-on-config-change": "configmap/settings" },
      template: { image: "one:1" },
    });
    const before = await until(
      "to be seen",
      (web) => isRolledOut(web) && web.metadata.annotations["howbernetes.dev/config-seen"] !== undefined,
    );
    await cluster.client.of(configMapKind).patch({ namespace: ns, name: "settings" }, "merge", { data: { color: "blue" } });
    const after = await until("the rollout", (web) => isRolledOut(web) && web.metadata.annotations[revision] === "2");
    expect(after.spec.template?.metadata?.annotations).to.have.property(configHash);

    await deployments().patch(key(), "json", [
      {
        op: "replace",
        path: "/spec/template",
        value: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "main", image: "one:1" }] } },
      },
    ]);
    const undone = await until("the undo", (web) => isRolledOut(web) && web.metadata.annotations[revision] === "3");
    expect(undone.spec.template).to.deep.equal(before.spec.template);

    // Had anything been rolled on the way, this would not be the fourth.
    await cluster.client.of(configMapKind).patch({ namespace: ns, name: "settings" }, "merge", { data: { color: "green" } });
    cluster.clock.advance(5_000);
    const again = await until(
      "the next change",
      (web) => isRolledOut(web) && web.spec.template?.metadata?.annotations[configHash] !== undefined,
    );
    expect(again.metadata.annotations[revision]).to.equal("4");
    expect(again.spec.template?.metadata?.annotations[configHash]).to.not.equal(after.spec.template?.metadata?.annotations[configHash]);
  });
});

function isReady({ status }: Whole<Pod>): boolean {
  return status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
}
