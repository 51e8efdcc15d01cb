import { expect } from "chai";
import { controllerRevisionKind } from "../../../src/api/kinds/controllerrevision/kind.js";
import { eventKind } from "../../../src/api/kinds/event/kind.js";
import { namespaceKind } from "../../../src/api/kinds/namespace/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { statefulSetKind } from "../../../src/api/kinds/statefulset/kind.js";
import { keyOf, type Whole } from "../../../src/api/object.js";
import type { StatefulSet, StatefulSetStatus } from "../../../src/gen/howbernetes/apps/v1/statefulset.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { namespace, pod, statefulSet } from "../../builders/index.js";

/** As a client sends it. */
const unborn = { uid: "", resourceVersion: "" };
const isReady = ({ status }: Whole<Pod>): boolean => status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
const isGoing = ({ metadata }: Whole<Pod>): boolean => metadata.deletionTimestamp !== undefined;
const imageOf = ({ spec }: Whole<Pod>): string => spec.containers[0]?.image ?? "";
const nameOf = ({ metadata }: Whole<Pod>): string => metadata.name;
const cannotStart = ({ status }: Whole<Pod>): boolean =>
  status.containerStatuses.some(({ state }) => !["", "ContainerCreating"].includes(state?.waiting?.reason ?? ""));
const byName = (pods: readonly Whole<Pod>[]): readonly Whole<Pod>[] => [...pods].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));

describe("stateful sets", () => {
  let cluster: TestCluster;
  let ns: string;
  let made = 0;
  /** Pods, as "namespace/name", whose containers do not start. */
  const ill = new Set<string>();

  before(async () => {
    const fault = { startError: "no such program" };
    cluster = await startCluster({
      nodes: 2,
      behaviour: ({ image, identity: { podNamespace, podName } }) =>
        image === "broken:1" || ill.has(`${podNamespace}/${podName}`) ? fault : {},
    });
  });
  after(() => cluster.stop());
  beforeEach(async () => {
    ns = `stateful-${++made}`;
    await cluster.client.of(namespaceKind).create(namespace({ name: ns, ...unborn }));
  });
  afterEach(async () => {
    ill.clear();
    await cluster.client
      .of(statefulSetKind)
      .delete(key())
      .catch((_gone: unknown) => undefined);
  });

  const key = () => ({ namespace: ns, name: "db" });
  const create = (options: Parameters<typeof statefulSet>[0] = {}) =>
    cluster.client.of(statefulSetKind).create(statefulSet({ namespace: ns, status: {}, ...options, ...unborn }));
  const patch = (spec: object) => cluster.client.of(statefulSetKind).patch(key(), "strategic", { spec });
  const setImage = (image: string) => patch({ template: { spec: { containers: [{ name: "main", image }] } } });
  const scale = (replicas: number) => patch({ replicas });
  const setPartition = (partition: number) => patch({ updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition } } });
  const untilPods = (what: string, predicate: (pods: readonly Whole<Pod>[]) => boolean) =>
    cluster.untilAll(podKind, ns, predicate, { what });
  /** Exactly these pods, by number and image, all ready. */
  const untilImages = async (...images: readonly string[]): Promise<readonly Whole<Pod>[]> => {
    const wanted = images.map((image, index) => `db-${index}=${image}`).join();
    const seen = await untilPods(`ready pods ${wanted}`, (pods) => {
      const is = byName(pods).map((each) => `${nameOf(each)}=${imageOf(each)}`);
      return is.join() === wanted && pods.every((each) => isReady(each) && !isGoing(each));
    });
    return byName(seen);
  };
  const untilStatus = (what: string, predicate: (status: StatefulSetStatus, set: Whole<StatefulSet>) => boolean) =>
    cluster.until(statefulSetKind, key(), (set) => predicate(set.status, set), { what });
  const isObserved = ({ observedGeneration }: StatefulSetStatus, { metadata }: Whole<StatefulSet>): boolean =>
    observedGeneration === metadata.generation;
  const revisions = async (): Promise<number[]> => {
    const { items } = await cluster.client.of(controllerRevisionKind).list({ namespace: ns });
    return items.map(({ revision = 0 }) => revision).sort();
  };
  const events = async (): Promise<string[]> => {
    const { items } = await cluster.client.of(eventKind).list({ namespace: ns, fieldSelector: "involvedObject.kind=StatefulSet" });
    return items.map(({ reason = "", message = "" }) => `${reason}: ${message}`);
  };
  /** Crashes a pod's container, and lets it not start again. */
  const makeIll = async (name: string): Promise<void> => {
    ill.add(`${ns}/${name}`);
    const victim = await cluster.client.of(podKind).get({ namespace: ns, name });
    const node = cluster.nodes.find((each) => each.name === victim.spec.nodeName);
    node?.runtime.crash(victim.status.containerStatuses[0]?.containerID?.replace(/^.*:\/\//, "") ?? "", 1);
    await cluster.until(podKind, keyOf(victim), (each) => !isReady(each), { what: `${name} to be ill` });
  };
  const heal = (...names: readonly string[]): void => {
    for (const name of names) ill.delete(`${ns}/${name}`);
    // Over the longest wait before the next attempt, and not over what a watch that stalls by it can resume from.
    cluster.clock.advance(61_000);
  };
  /** What happens to pods from here on, as "+db-0" when one is ready, "-db-0" when it is told to go, until `stop`. */
  const record = (): { readonly through: (last: string) => Promise<readonly string[]> } => {
    const control = new AbortController();
    let wake = (): void => undefined;
    const seen: string[] = [];
    const watching = (async () => {
      const state = new Map<string, string>();
      for await (const event of cluster.client.of(podKind).watch({ namespace: ns, signal: control.signal })) {
        if (event.type === "bookmark") continue;
        const { object } = event;
        const now = event.type === "deleted" ? "" : isGoing(object) ? "-" : isReady(object) ? "+" : "";
        if (now !== "" && state.get(object.metadata.uid) !== now) seen.push(`${now}${nameOf(object)}`);
        state.set(object.metadata.uid, now);
        wake();
      }
    })().catch((_aborted: unknown) => undefined);
    return {
      through: async (last) => {
        // Other watches may have told of it before this one.
        while (seen.at(-1) !== last)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        control.abort();
        await watching;
        return seen;
      },
    };
  };

  it("give each pod a name, a host name and labels of its own, which the next one has again", async () => {
    await create({ replicas: 2, spec: { ordinals: { start: 5 } } });
    await untilStatus("2 ready pods", ({ readyReplicas }) => readyReplicas === 2);
    const before = await cluster.client.of(podKind).get({ namespace: ns, name: "db-5" });
    await cluster.client.of(podKind).delete(keyOf(before));
    const after = await cluster.until(podKind, keyOf(before), (each) => each.metadata.uid !== before.metadata.uid && isReady(each));

    for (const { metadata, spec } of [before, after]) {
      expect([spec.hostname, spec.subdomain]).to.deep.equal(["db-5", "db"]);
      expect(metadata.labels).to.include({ "statefulset.kubernetes.io/pod-name": "db-5", "apps.kubernetes.io/pod-index": "5" });
    }
  });

  it("scale in order, and halt while a pod is not ready", async () => {
    const recording = record();
    await create({ replicas: 3 });
    await untilImages(...Array<string>(3).fill("busybox:1.36"));
    await makeIll("db-0");
    await scale(5);
    const halted = await untilStatus("the change to be seen", isObserved);
    expect(halted.status.replicas).to.equal(3);
    heal("db-0");
    await untilImages(...Array<string>(5).fill("busybox:1.36"));

    for (const name of ["db-3", "db-4"]) await makeIll(name);
    await scale(0);
    const still = await untilStatus("the change to be seen", isObserved);
    expect(still.status.replicas).to.equal(5);
    heal("db-4");
    await untilPods("no pods", (pods) => pods.length === 0);

    const seen = await recording.through("-db-0");
    const grown = ["+db-0", "+db-1", "+db-2", "+db-0", "+db-3", "+db-4"];
    expect(seen).to.deep.equal([...grown, "+db-4", "-db-4", "-db-3", "-db-2", "-db-1", "-db-0"]);
  });

  it("of policy Parallel scale at once, whatever becomes of the pods", async () => {
    for (const name of ["db-0", "db-1", "db-2"]) ill.add(`${ns}/${name}`);
    await create({ replicas: 2, spec: { podManagementPolicy: "Parallel" } });
    await untilPods("2 pods", (pods) => pods.length === 2);
    await scale(4);
    const pods = await untilPods(
      "4 pods, of which the last is ready",
      (all) => all.length === 4 && all.some((each) => nameOf(each) === "db-3" && isReady(each)),
    );
    expect(byName(pods).map(isReady)).to.deep.equal([false, false, false, true]);
    await scale(0);
    await untilPods("no pods", (all) => all.length === 0);
  });

  it("replace pods that have failed", async () => {
    await create({ replicas: 2 });
    const [first] = await untilImages("busybox:1.36", "busybox:1.36");
    if (first === undefined) throw new Error("there is no pod");
    await cluster.client.of(podKind).updateStatus({ ...first, status: { ...first.status, phase: "Failed", reason: "Evicted" } });
    const next = await cluster.until(podKind, keyOf(first), (each) => each.metadata.uid !== first.metadata.uid && isReady(each));

    expect(nameOf(next)).to.equal("db-0");
    expect(await events()).to.include.members([
      "SuccessfulCreate: create Pod db-0 in StatefulSet db successful",
      "SuccessfulDelete: delete Pod db-0 in StatefulSet db successful",
    ]);
  });

  it("roll out from the highest number on, and back", async () => {
    await create({ replicas: 3, template: { image: "one:1" } });
    await untilImages("one:1", "one:1", "one:1");
    const { status: first } = await untilStatus(
      "the first revision",
      ({ currentRevision, updateRevision }) => currentRevision === updateRevision,
    );
    const recording = record();
    await setImage("two:2");
    await untilImages("two:2", "two:2", "two:2");
    const { status: second } = await untilStatus("the second revision", ({ currentRevision }) => currentRevision !== first.currentRevision);
    const seen = await recording.through("+db-0");

    expect(seen.slice(-6)).to.deep.equal(["-db-2", "+db-2", "-db-1", "+db-1", "-db-0", "+db-0"]);
    expect(second).to.include({ updatedReplicas: 3, currentReplicas: 3, updateRevision: second.currentRevision });
    expect(await revisions()).to.deep.equal([1, 2]);
    await setImage("one:1");
    await untilImages("one:1", "one:1", "one:1");
    await untilStatus("the first revision again", ({ currentRevision }) => currentRevision === first.currentRevision);
    expect(await revisions()).to.deep.equal([2, 3]);
  });

  it("roll out in phases as the partition says, and bring pods below it back as they were", async () => {
    await create({
      replicas: 3,
      template: { image: "one:1" },
      spec: { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 3, maxUnavailable: undefined } } },
    });
    await untilImages("one:1", "one:1", "one:1");
    await setImage("two:2");
    const { status } = await untilStatus("two revisions", ({ currentRevision, updateRevision }) => currentRevision !== updateRevision);
    expect(status).to.include({ currentReplicas: 3, updatedReplicas: undefined });

    await setPartition(2);
    const [below] = await untilImages("one:1", "one:1", "two:2");
    if (below === undefined) throw new Error("there is no pod");
    await cluster.client.of(podKind).delete(keyOf(below));
    await cluster.until(podKind, keyOf(below), (each) => each.metadata.uid !== below.metadata.uid && isReady(each));
    await untilImages("one:1", "one:1", "two:2");
    await setPartition(1);
    await untilImages("one:1", "two:2", "two:2");
    await setPartition(0);
    await untilImages("two:2", "two:2", "two:2");
    await untilStatus("one revision", ({ currentRevision, updateRevision }) => currentRevision === updateRevision);
  });

  it("leave pods as they are with OnDelete, until they are deleted", async () => {
    await create({ replicas: 2, template: { image: "one:1" }, spec: { updateStrategy: { type: "OnDelete", rollingUpdate: undefined } } });
    const [, last] = await untilImages("one:1", "one:1");
    await setImage("two:2");
    await untilStatus("two revisions", ({ currentRevision, updateRevision }) => currentRevision !== updateRevision);
    if (last === undefined) throw new Error("there is no pod");
    await cluster.client.of(podKind).delete(keyOf(last));
    await untilImages("one:1", "two:2");
  });

  for (const podManagementPolicy of ["OrderedReady", "Parallel"]) {
    it(`of policy ${podManagementPolicy} recover from a bad rollout when the template is mended`, async () => {
      await create({ replicas: 3, template: { image: "one:1" }, spec: { podManagementPolicy } });
      const before = await untilImages("one:1", "one:1", "one:1");
      await setImage("broken:1");
      await untilPods("a pod of the bad template", (pods) =>
        pods.some((each) => imageOf(each) === "broken:1" && !isReady(each) && !isGoing(each)),
      );
      await setImage("one:1");
      const after = await untilImages("one:1", "one:1", "one:1");

      const kept = after.filter(({ metadata }) => before.some((each) => each.metadata.uid === metadata.uid));
      expect(kept.map(nameOf)).to.deep.equal(["db-0", "db-1"]);
    });
  }

  it("recover from a bad beginning when the template is mended", async () => {
    await create({ replicas: 2, template: { image: "broken:1" } });
    await untilPods("a pod that does not start", (pods) => pods.some(cannotStart));
    await setImage("two:2");
    await untilImages("two:2", "two:2");
  });

  it("wait for a foreign pod to give up a name", async () => {
    await cluster.client.of(podKind).create(pod({ name: "db-0", namespace: ns, nodeName: "", status: {}, ...unborn }));
    await create({ replicas: 1 });
    const foreign = { namespace: ns, name: "db-0" };
    await cluster.untilAll(eventKind, ns, (all) => all.some(({ reason }) => reason === "FailedCreate"), { what: "the failure to be told" });
    await cluster.client.of(podKind).delete(foreign);
    const own = await cluster.until(podKind, foreign, (each) => each.metadata.ownerReferences.length === 1 && isReady(each));

    expect(own.spec.hostname).to.equal("db-0");
  });

  it("grow by their scale subresource", async () => {
    await create({ replicas: 1 });
    await untilImages("busybox:1.36");
    const scaled = await cluster.client.of(statefulSetKind).getScale(key());
    await cluster.client.of(statefulSetKind).updateScale(key(), {
      ...scaled,
      metadata: { ...scaled.metadata, resourceVersion: "" },
      spec: { replicas: 2 },
    });
    await untilImages("busybox:1.36", "busybox:1.36");
    await untilStatus("2 replicas", ({ replicas }) => replicas === 2);
    expect((await cluster.client.of(statefulSetKind).getScale(key())).status.replicas).to.equal(2);
  });

  it("go with their pods when they are deleted together", async () => {
    await create({ replicas: 2, labels: { tier: "data" } });
    await untilImages("busybox:1.36", "busybox:1.36");
    const { items } = await cluster.client.of(statefulSetKind).list({ labelSelector: "tier=data" });
    expect(items.map(({ metadata }) => metadata.name)).to.deep.equal(["db"]);
    await cluster.client.of(statefulSetKind).deleteCollection({ namespace: ns, labelSelector: "tier=data" });
    await untilPods("no pods", (pods) => pods.length === 0);
    await cluster.untilAll(controllerRevisionKind, ns, (all) => all.length === 0, { what: "no revisions" });
  });
});
