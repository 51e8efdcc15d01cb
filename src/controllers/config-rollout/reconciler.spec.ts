import { expect } from "chai";
import { configMap, daemonSet, deployment, secret, statefulSet } from "../../../test/builders/index.js";
import { type ControlPlane, startControlPlane } from "../../../test/fakes/fake-api/control-plane.js";
import { FakeApi } from "../../../test/fakes/fake-api/fake-api.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { configMapKind } from "../../api/kinds/configmap/kind.js";
import { daemonSetKind } from "../../api/kinds/daemonset/kind.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import { secretKind } from "../../api/kinds/secret/kind.js";
import { statefulSetKind } from "../../api/kinds/statefulset/kind.js";
import { configHashAnnotation, rolloutOnConfigChangeAnnotation } from "./annotations.js";

const key = { namespace: "default", name: "web" };
const settings = { namespace: "default", name: "settings" };

describe("the config rollout controller", () => {
  let clock: FakeClock;
  let api: FakeApi;
  let plane: ControlPlane;

  beforeEach(async () => {
    clock = new FakeClock();
    api = new FakeApi(clock);
    api.seed(configMapKind, configMap({ data: { color: "red" } }));
    plane = startControlPlane(clock, { api });
    await settle();
  });
  afterEach(() => plane.stop());

  const annotated = (asked: string) => ({ annotations: { [rolloutOnConfigChangeAnnotation]: asked }, resourceVersion: "" });
  const setColor = (color: string) => api.of(configMapKind).patch(settings, "merge", { data: { color } });
  const template = () => api.objects(deploymentKind)[0]?.spec.template;
  const hash = () => template()?.metadata?.annotations[configHashAnnotation];
  const replicaSets = () => api.objects(replicaSetKind).length;
  const deploy = async (asked = "configmap/settings"): Promise<void> => {
    await api.of(deploymentKind).create(deployment(annotated(asked)));
    await clock.advance(10_000);
  };

  it("rolls nothing when it first sees a workload", async () => {
    await deploy();
    expect([hash(), replicaSets()]).to.deep.equal([undefined, 1]);
  });

  it("rolls a Deployment when what it is made of changes, and says why", async () => {
    await deploy();
    await setColor("blue");
    await clock.advance(10_000);

    expect(hash()).to.match(/^[0-9a-f]{16}$/);
    expect(replicaSets()).to.equal(2);
    const said = api.objects(eventKind).find(({ reason }) => reason === "ConfigChanged");
    expect(said?.message).to.equal("Rolling out, for there is a change of configmap/settings");
  });

  it("rolls DaemonSets and StatefulSets, too", async () => {
    await api.of(daemonSetKind).create(daemonSet({ ...annotated("configmap/settings"), name: "web" }));
    await api.of(statefulSetKind).create(statefulSet({ ...annotated("configmap/settings"), name: "web" }));
    await clock.advance(10_000);
    await setColor("blue");
    await clock.advance(10_000);

    const templates = [...api.objects(daemonSetKind), ...api.objects(statefulSetKind)].map(({ spec }) => spec.template);
    expect(templates).to.have.length(2);
    for (const each of templates) expect(each?.metadata?.annotations[configHashAnnotation]).to.match(/^[0-9a-f]{16}$/);
  });

  it("rolls for a Secret, and shows nothing of it", async () => {
    api.seed(secretKind, secret({ data: { password: Buffer.from("old") } }));
    await deploy("secret/login");
    await api.of(secretKind).patch({ namespace: "default", name: "login" }, "merge", { stringData: { password: "new" } });
    await clock.advance(10_000);

    expect(replicaSets()).to.equal(2);
    expect(JSON.stringify(api.objects(deploymentKind))).to.not.contain("new");
  });

  it("rolls no workload that does not ask for it, nor for what it is not made of, nor for labels", async () => {
    await deploy("configmap/other");
    await api.of(configMapKind).patch(settings, "merge", { metadata: { labels: { a: "b" } } });
    await setColor("blue");
    await api.of(deploymentKind).create(deployment({ name: "plain", resourceVersion: "" }));
    await clock.advance(10_000);
    expect(replicaSets()).to.equal(2);
  });

  it("leaves a template alone that an undo has brought back, until there is another change", async () => {
    await deploy();
    const before = template();
    await setColor("blue");
    await clock.advance(10_000);
    const draft = structuredClone(api.objects(deploymentKind)[0]);
    if (draft === undefined || before === undefined) throw new Error("there is no Deployment");
    draft.spec.template = structuredClone(before);
    await api.of(deploymentKind).update(draft);
    await clock.advance(60_000);
    expect(template()).to.deep.equal(before);

    await setColor("green");
    await clock.advance(10_000);
    expect(hash()).to.not.equal(undefined);
    expect(replicaSets()).to.equal(3);
  });

  it("rolls when configuration comes back to what the template was rolled for before an undo", async () => {
    await deploy();
    await setColor("blue");
    await clock.advance(10_000);
    const blue = hash();
    await setColor("red");
    await clock.advance(10_000);
    await api
      .of(deploymentKind)
      .patch(key, "merge", { spec: { template: { metadata: { annotations: { [configHashAnnotation]: blue } } } } });
    await clock.advance(10_000);
    await setColor("blue");
    await clock.advance(10_000);
    expect(hash()).to.equal(`${blue}.2`);
  });

  it("rolls once for what changes at once, and every five seconds for what never stops changing", async () => {
    await deploy();
    for (let change = 0; change < 100; change++) {
      await setColor(`shade ${change}`);
      await clock.advance(10);
    }
    await clock.advance(4_000);
    const afterOne = replicaSets();
    for (let change = 100; change < 300; change++) {
      await setColor(`shade ${change}`);
      await clock.advance(100);
    }
    await clock.advance(10_000);

    expect(afterOne).to.be.within(2, 3);
    expect(replicaSets()).to.be.within(5, 8);
    const last = hash();
    await setColor("shade 299");
    await clock.advance(10_000);
    expect(hash()).to.equal(last);
  });

  it("says what of its annotation means nothing, once", async () => {
    await deploy("yes");
    await api.of(deploymentKind).patch(key, "merge", { spec: { replicas: 2 } });
    await clock.advance(10_000);
    const said = api.objects(eventKind).filter(({ reason }) => reason === "InvalidConfigReference");
    expect(said.map(({ count }) => count)).to.deep.equal([1]);
  });
});
