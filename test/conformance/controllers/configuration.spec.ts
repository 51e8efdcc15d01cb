import { expect } from "chai";
import { configMapKind } from "../../../src/api/kinds/configmap/kind.js";
import { deploymentKind } from "../../../src/api/kinds/deployment/kind.js";
import { eventKind } from "../../../src/api/kinds/event/kind.js";
import { namespaceKind } from "../../../src/api/kinds/namespace/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { secretKind } from "../../../src/api/kinds/secret/kind.js";
import { formatKey, keyOf, type Whole } from "../../../src/api/object.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import type { ContainerConfig } from "../../../src/howbelet/runtime/interface.js";
import { startCluster, type TestCluster } from "../../../src/testing/index.js";
import { fromManifest } from "../../builders/from-manifest.js";
import { configMap, namespace, secret } from "../../builders/index.js";
import { eventually } from "../../eventually.js";

/** As a client sends it. */
const unborn = { uid: "", resourceVersion: "" };
const envFrom = (name: string, more = ""): string => `envFrom: [{ configMapRef: { name: ${name}${more} } }]`;
const isReady = ({ status }: Whole<Pod>): boolean => status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
const waiting = ({ status }: Whole<Pod>) => status.containerStatuses[0]?.state?.waiting;

describe("configuration of pods", () => {
  let cluster: TestCluster;
  let ns: string;
  let made = 0;
  /** What containers were told, by their pod, the first first. */
  let told: Map<string, string[]>;

  function behaviour({ identity, env }: ContainerConfig): object {
    const pod = `${identity.podNamespace}/${identity.podName}`;
    told.set(pod, [...(told.get(pod) ?? []), env.map(({ name, value }) => `${name}=${value}`).join(" ")]);
    return {};
  }

  before(async () => {
    told = new Map();
    cluster = await startCluster({ nodes: 2, behaviour });
  });
  after(() => cluster.stop());
  beforeEach(async () => {
    ns = `configuration-${++made}`;
    await cluster.client.of(namespaceKind).create(namespace({ name: ns, ...unborn }));
  });

  const at = (name: string) => ({ namespace: ns, name });
  const setConfigMap = (name: string, data: Record<string, string>) =>
    cluster.client.of(configMapKind).create(configMap({ name, namespace: ns, data, ...unborn }));
  const changeConfigMap = (name: string, data: Record<string, string>) =>
    cluster.client.of(configMapKind).patch(at(name), "merge", { data });
  const createPod = (name: string, container: string) =>
    cluster.client
      .of(podKind)
      .create(
        fromManifest(
          podKind,
          `{ metadata: { name: ${name}, namespace: ${ns} }, spec: { containers: [{ name: main, image: a, ${container} }] } }`,
        ),
      );
  const podThat = (name: string, what: string, predicate: (pod: Whole<Pod>) => boolean) =>
    cluster.until(podKind, at(name), predicate, { what });
  const toldTo = (name: string): readonly string[] => told.get(formatKey(at(name))) ?? [];

  async function crash(name: string): Promise<void> {
    const { spec, status } = await cluster.client.of(podKind).get(at(name));
    const node = cluster.nodes.find((each) => each.name === spec.nodeName);
    node?.runtime.crash((status.containerStatuses[0]?.containerID ?? "").replace("hollow://", ""), 1);
  }

  it("comes from ConfigMaps and Secrets, and from the pod itself", async () => {
    await setConfigMap("app", { A: "1", B: "2" });
    await cluster.client.of(secretKind).create(secret({ name: "db", namespace: ns, data: { P: Buffer.from("hush") }, ...unborn }));
    const secretEnv = "{ name: P, valueFrom: { secretKeyRef: { name: db, key: P } } }";
    const own = '{ name: ME, valueFrom: { fieldRef: { fieldPath: metadata.name } } }, { name: B, value: "$(A)$(P)" }';
    await createPod("web", `${envFrom("app")}, env: [${secretEnv}, ${own}]`);
    await podThat("web", "a ready pod", isReady);

    expect(toldTo("web")).to.deep.equal(["A=1 B=1hush P=hush ME=web"]);
  });

  it("is waited for where it is missing, and used as soon as it is there", async () => {
    await createPod("web", envFrom("late"));
    const pod = await podThat("web", "a reason", (each) => waiting(each)?.reason === "CreateContainerConfigError");
    expect(waiting(pod)?.message).to.equal('configmap "late" not found');
    const isTold = ({ reason, message }: { reason?: string | undefined; message?: string | undefined }): boolean =>
      reason === "Failed" && message === 'Error: configmap "late" not found';
    await cluster.untilAll(eventKind, ns, (events) => events.some(isTold), { what: "an event" });

    await setConfigMap("late", { A: "1" });
    await podThat("web", "a ready pod", isReady);
    expect(toldTo("web")).to.deep.equal(["A=1"]);
  });

  it("is left out where it is optional and not there", async () => {
    const key = "{ name: B, valueFrom: { configMapKeyRef: { name: none, key: B, optional: true } } }";
    await createPod("web", `${envFrom("none", ", optional: true")}, env: [${key}, { name: C, value: c }]`);
    await podThat("web", "a ready pod", isReady);
    expect(toldTo("web")).to.deep.equal(["C=c"]);
  });

  it("is read anew by what is restarted, and by nothing else", async () => {
    await setConfigMap("app", { A: "1" });
    for (const name of ["one", "two"]) await createPod(name, envFrom("app"));
    for (const name of ["one", "two"]) await podThat(name, "a ready pod", isReady);
    await changeConfigMap("app", { A: "2" });
    // Whoever comes now is told the new, so that it is known on the node.
    await createPod("three", envFrom("app"));
    await podThat("three", "a ready pod", isReady);
    await crash("one");
    await podThat("one", "a restart", (pod) => isReady(pod) && pod.status.containerStatuses[0]?.restartCount === 1);

    expect(["one", "two", "three"].map(toldTo)).to.deep.equal([["A=1", "A=2"], ["A=1"], ["A=2"]]);
  });

  it("that was changed before a pod was made is never missed by it", async () => {
    await setConfigMap("app", { A: "0" });
    await createPod("holder", envFrom("app"));
    await podThat("holder", "a ready pod", isReady);
    for (let value = 1; value <= 10; value += 1) {
      await changeConfigMap("app", { A: String(value) });
      await createPod(`pod-${value}`, envFrom("app"));
      await podThat(`pod-${value}`, "a ready pod", isReady);
      expect(toldTo(`pod-${value}`)).to.deep.equal([`A=${value}`]);
    }
  });

  it("that changes rolls what asks for it, and every new pod has it", async () => {
    await setConfigMap("app", { A: "old" });
    const annotations = '{ howbernetes.dev/rollout-on-config-change: "true" }';
    const template = `{ metadata: { labels: { app: web } }, spec: { containers: [{ name: main, image: a, ${envFrom("app")} }] } }`;
    const spec = `{ replicas: 4, selector: { matchLabels: { app: web } }, template: ${template} }`;
    const manifest = `{ metadata: { name: web, namespace: ${ns}, annotations: ${annotations} }, spec: ${spec} }`;
    await cluster.client.of(deploymentKind).create(fromManifest(deploymentKind, manifest));
    const rolledOut = (revision: string) =>
      cluster.until(
        deploymentKind,
        at("web"),
        ({ metadata, status }) =>
          metadata.annotations["deployment.kubernetes.io/revision"] === revision &&
          metadata.annotations["howbernetes.dev/config-seen"] !== undefined &&
          status.observedGeneration === metadata.generation &&
          status.updatedReplicas === 4 &&
          status.replicas === 4 &&
          status.availableReplicas === 4,
        { what: `revision ${revision}` },
      );
    await rolledOut("1");
    const before = await podNames();
    await changeConfigMap("app", { A: "new" });
    await rolledOut("2");
    const after = await podNames();

    expect(before.map(toldTo)).to.deep.equal([["A=old"], ["A=old"], ["A=old"], ["A=old"]]);
    expect(after.map(toldTo)).to.deep.equal([["A=new"], ["A=new"], ["A=new"], ["A=new"]]);
  });

  it("is followed by a node only while one of its pods names it", async () => {
    const secretWatches = async (): Promise<number> => {
      const [, count = "0"] = /^howbernetes_watch_cache_watchers\{resource="secrets"\} (\d+)$/m.exec(await cluster.metrics()) ?? [];
      return Number(count);
    };
    const before = await secretWatches();
    await cluster.client.of(secretKind).create(secret({ name: "db", namespace: ns, data: { P: Buffer.from("hush") }, ...unborn }));
    await createPod("web", "envFrom: [{ secretRef: { name: db } }]");
    await podThat("web", "a ready pod", isReady);
    await eventually(async () => expect(await secretWatches()).to.equal(before + 1), 10_000);
    await cluster.client.of(podKind).delete(at("web"));
    await cluster.gone(podKind, at("web"));
    await eventually(async () => expect(await secretWatches()).to.equal(before), 10_000);
  });

  async function podNames(): Promise<readonly string[]> {
    const { items } = await cluster.client.of(podKind).list({ namespace: ns });
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map((pod) => keyOf(pod).name);
  }
});
