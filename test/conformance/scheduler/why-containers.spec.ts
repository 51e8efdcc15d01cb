import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { deploymentKind } from "../../../src/api/kinds/deployment/kind.js";
import { flightRecordKind } from "../../../src/api/kinds/flightrecord/kind.js";
import { nodeKind } from "../../../src/api/kinds/node/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { secretKind } from "../../../src/api/kinds/secret/kind.js";
import { createLog } from "../../../src/base/log.js";
import { HollowRuntime } from "../../../src/howbelet/runtime/hollow/hollow-runtime.js";
import { removeVolumes } from "../../../src/howbelet/volumes/node-volumes.js";
import { type ContainerConfig, type HollowBehaviour, startCluster, type TestCluster } from "../../../src/testing/index.js";
import { Situation, waitsFor } from "./why-situation.js";

const pod = (container: string, more = "restartPolicy: Always"): string => `
metadata: { name: web }
spec:
  terminationGracePeriodSeconds: 0
  containers: [${container}]
  ${more}
`;

const deployment = (image: string, initImage = ""): string => `
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  strategy: { rollingUpdate: { maxUnavailable: 0 } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 0
      containers: [{ name: main, image: ${image} }]
      ${initImage === "" ? "" : `initContainers: [{ name: setup, image: ${initImage} }]`}
`;

/** Whether what programs ask of "ready" containers is answered. */
let answers = false;

function behave({ image }: ContainerConfig): HollowBehaviour {
  if (image.startsWith("crash")) return { output: "connecting to db\nno route to db\n", exit: { afterMs: 1, code: 3 } };
  if (image.startsWith("broken")) return { startError: 'exec: "serve": executable file not found in $PATH' };
  return { exec: () => (answers ? { exitCode: 0 } : { exitCode: 1, output: "warming up" }) };
}

describe("why a container does not run", () => {
  let cluster: TestCluster;
  let situation: Situation;
  let dataDir: string;

  before(async () => {
    cluster = await startCluster({ nodes: 0 });
    dataDir = await mkdtemp(join(tmpdir(), "why-containers-"));
    const images = new Set(["hollow:1", "shop/web:1.2", "crash:2", "broken:2"]);
    const runtime = new HollowRuntime({
      clock: cluster.clock,
      images,
      behaviour: behave,
      pull: ({ image }) => (images.has(image) ? {} : { failure: `manifest for ${image} not found: manifest unknown` }),
    });
    await cluster.join({ name: "node-1", runtime, dataDir });
  });
  after(async () => {
    await cluster.stop();
    await removeVolumes(dataDir, createLog("test", "silent"));
    await rm(dataDir, { recursive: true, force: true });
  });
  beforeEach(async () => {
    situation = await Situation.create(cluster);
    answers = false;
  });
  afterEach(async () => {
    await cluster.client.of(deploymentKind).deleteCollection({ namespace: situation.ns });
    await cluster.client.of(podKind).deleteCollection({ namespace: situation.ns }, { options: { gracePeriodSeconds: 0 } });
  });

  it("a ConfigMap that is not there", async () => {
    await situation.make(podKind, pod("{ name: main, image: hollow:1, envFrom: [{ configMapRef: { name: app } }] }"));
    await situation.pod("web", "to want its ConfigMap", waitsFor("CreateContainerConfigError"));
    await situation.askAndFollow("pod/web", {
      code: "ConfigMissing",
      headline: /there is no ConfigMap app$/,
      evidence: [/CreateContainerConfigError: configmap "app" not found/, /why-\d+\/app to be created/],
    });
    await situation.runs("web");
  });

  it("a key that a Secret lacks", async () => {
    await situation.make(secretKind, "metadata: { name: db }\nstringData: { user: me }");
    const env = "[{ name: PASSWORD, valueFrom: { secretKeyRef: { name: db, key: password } } }]";
    await situation.make(podKind, pod(`{ name: main, image: hollow:1, env: ${env} }`));
    await situation.pod("web", "to want its key", waitsFor("CreateContainerConfigError"));
    await situation.askAndFollow("pod/web", {
      code: "ConfigMissing",
      headline: /Secret db has no key password$/,
      evidence: [/couldn't find key password in Secret/],
      suggestion: /add key password to Secret db/,
    });
    await situation.runs("web");
  });

  it("a Secret that a volume is of", async () => {
    const volume = "volumes: [{ name: keys, secret: { secretName: tls } }]";
    await situation.make(podKind, pod("{ name: main, image: hollow:1, volumeMounts: [{ name: keys, mountPath: /keys }] }", volume));
    await cluster.untilAll(podKind, situation.ns, (pods) => pods.some(({ spec }) => spec.nodeName !== undefined));
    await situation.told("FailedMount");
    await situation.askAndFollow("pod/web", {
      code: "ConfigMissing",
      headline: /there is no Secret tls$/,
      evidence: [/FailedMount.*secret "tls" not found/],
    });
    await situation.runs("web");
  });

  it("an image of which there is no such tag, nearly one that nodes have", async () => {
    await situation.make(podKind, pod("{ name: main, image: shop/web:1.2 }").replace("name: web", "name: other"));
    await situation.runs("other");
    await situation.make(podKind, pod("{ name: main, image: shop/wbe:1.2 }"));
    await situation.pod("web", "to fail to pull", waitsFor("ErrImagePull", "ImagePullBackOff"));
    await situation.askAndFollow("pod/web", {
      code: "ImagePull",
      headline: /pod \S+\/web .*image shop\/wbe:1.2 cannot be pulled: the registry has no such tag$/,
      evidence: [/manifest for shop\/wbe:1.2 not found/],
      suggestion: /use shop\/web:1.2/,
    });
    await situation.runs("web");
  });

  it("an image that may not be pulled", async () => {
    await situation.make(podKind, pod("{ name: main, image: shop/other, imagePullPolicy: Never }"));
    await situation.pod("web", "to lack its image", waitsFor("ErrImageNeverPull"));
    const diagnosis = await situation.why("pod/web");
    expect(diagnosis.findings[0]?.code).to.equal("ImageNeverPulled");
    expect(diagnosis.findings[0]?.suggestions.map(({ text }) => text)[0]).to.match(/imagePullPolicy: IfNotPresent/);
  });

  it("a new image of a Deployment that cannot be pulled: back to the revision before", async () => {
    await situation.make(deploymentKind, deployment("hollow:1"));
    await situation.allRun(1);
    await setImage("nowhere/at-all:9");
    await cluster.untilAll(podKind, situation.ns, (pods) => pods.some(waitsFor("ErrImagePull", "ImagePullBackOff")));
    await situation.askAndFollow("deployment/web", {
      code: "ImagePull",
      headline: /is incomplete, 1 of 1 pod available: pod web-\S+: image nowhere\/at-all:9 cannot be pulled/,
      evidence: [/ErrImagePull|ImagePullBackOff/],
      suggestion: /go back to revision 1/,
    });
    await situation.allRun(1);
  });

  it("a new image that crashes: exit code, last lines, back-off, and back to the revision before", async () => {
    await situation.make(deploymentKind, deployment("hollow:1"));
    await situation.allRun(1);
    await setImage("crash:2");
    await cluster.untilAll(podKind, situation.ns, (pods) => pods.some(waitsFor("CrashLoopBackOff")));
    await cluster.untilAll(flightRecordKind, situation.ns, (records) => records.some(({ flight }) => (flight?.log.length ?? 0) > 0));
    const finding = await situation.askAndFollow("deployment/web", {
      code: "CrashLoop",
      headline: /container main fails with exit code 3$/,
      evidence: [
        /Error, exit code 3/,
        /it wrote last:\n {2}connecting to db\n {2}no route to db/,
        /its next restart at \d\d:\d\d:\d\d UTC.*back-off of \d+s/,
      ],
      suggestion: /go back to revision 1/,
    });
    expect(finding.container).to.equal("main");
    await situation.allRun(1);
  });

  it("a container that cannot be started", async () => {
    await situation.make(deploymentKind, deployment("hollow:1"));
    await situation.allRun(1);
    await setImage("broken:2");
    await cluster.untilAll(podKind, situation.ns, (pods) => pods.some(waitsFor("CrashLoopBackOff", "RunContainerError")));
    const diagnosis = await situation.why("deployment/web");
    expect(JSON.stringify(diagnosis)).to.match(/executable file not found/);
    const [finding] = diagnosis.findings;
    expect(finding?.headline).to.match(/container main cannot be started/);
    await situation.follow(finding?.suggestions[0] ?? { text: "", commands: [], changes: [] });
    await situation.allRun(1);
  });

  it("an init container that fails", async () => {
    await situation.make(deploymentKind, deployment("hollow:1", "hollow:1"));
    await cluster.untilAll(podKind, situation.ns, (pods) =>
      pods.some(({ status }) => status.initContainerStatuses.some(({ state }) => state?.running)),
    );
    const patch = { spec: { template: { spec: { initContainers: [{ name: "setup", image: "crash:2" }] } } } };
    await cluster.client.of(deploymentKind).patch(situation.key("web"), "strategic", patch);
    await cluster.untilAll(podKind, situation.ns, (pods) => pods.some(waitsFor("CrashLoopBackOff")));
    const diagnosis = await situation.why("deployment/web");
    const finding = diagnosis.findings.find(({ code }) => code === "CrashLoop");
    expect(finding?.headline, JSON.stringify(diagnosis)).to.equal("init container setup fails with exit code 3");
  });

  it("a readiness probe that is answered no", async () => {
    const probe = "readinessProbe: { periodSeconds: 1, exec: { command: [is-ready] } }";
    await situation.make(podKind, pod(`{ name: main, image: hollow:1, ${probe} }`));
    await situation.told("Unhealthy");
    const diagnosis = await situation.why("pod/web");
    const finding = diagnosis.findings.find(({ code }) => code === "ReadinessProbeFails");
    expect(diagnosis.headline).to.match(/is running, but not ready: container main fails its readiness probe: warming up$/);
    expect(finding?.evidence.join("\n"))
      .to.match(/readiness probe: exec \[is-ready\] .*period=1s/)
      .and.match(/Unhealthy.*warming up/);
    expect(finding?.waitsFor).to.equal("1 success of its readiness probe, made every 1s");
    answers = true;
    await situation.runs("web");
  });

  it("a node that has not been heard of", async () => {
    const key = { namespace: "", name: "node-9" };
    await situation.make(nodeKind, "metadata: { name: node-9 }");
    await situation.make(podKind, pod("{ name: main, image: hollow:1 }", "nodeName: node-9"));
    const diagnosis = await situation.why("pod/web");
    expect(diagnosis.headline).to.match(/is starting: its node node-9 does not answer$/);
    expect(diagnosis.findings[0]?.code).to.equal("NodeLost");
    expect(diagnosis.findings[0]?.evidence[0]).to.match(/^node node-9: (it has never been ready|condition Ready is Unknown)/);
    const [finding] = (await situation.why("node/node-9")).findings;
    expect(finding?.code).to.equal("NodeUnreachable");
    await cluster.client.of(nodeKind).delete(key);
  });

  const setImage = (image: string): Promise<unknown> =>
    cluster.client
      .of(deploymentKind)
      .patch(situation.key("web"), "strategic", { spec: { template: { spec: { containers: [{ name: "main", image }] } } } });
});
