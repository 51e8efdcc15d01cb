import { expect } from "chai";
import { flightRecordKind } from "../../../src/api/kinds/flightrecord/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import type { Finding } from "../../../src/howbectl/diagnosis/finding.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "../node/docker-cluster.js";
import { Situation, waitsFor } from "./why-situation.js";

const obstacle = await whyNoDockerCluster();
const patienceMs = 90_000;

describe("why a real container does not run", function () {
  this.timeout(180_000);
  let docker: DockerCluster;
  let situation: Situation;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start();
  });
  after(() => docker?.stop());
  beforeEach(async () => {
    situation = await Situation.create(docker.cluster, patienceMs);
  });
  afterEach(async () => {
    await docker.cluster.client.of(podKind).deleteCollection({ namespace: situation.ns }, { options: { gracePeriodSeconds: 0 } });
  });

  const run = (script: string, more = "", image = docker.image): Promise<unknown> =>
    situation.make(
      podKind,
      `
metadata: { name: web }
spec:
  terminationGracePeriodSeconds: 0
  containers: [{ name: main, image: "${image}", imagePullPolicy: IfNotPresent, command: [sh, -c, ${JSON.stringify(script)}]${more} }]
`,
    );
  const recorded = (): Promise<unknown> =>
    docker.cluster.untilAll(flightRecordKind, situation.ns, (records) => records.length > 0, {
      what: "a flight record",
      timeoutMs: patienceMs,
    });
  const found = async (code: string): Promise<Finding> => {
    const diagnosis = await situation.why("pod/web");
    const finding = diagnosis.findings.find((each) => each.code === code);
    if (finding === undefined) throw new Error(`no ${code} in ${JSON.stringify(diagnosis, undefined, 1)}`);
    return finding;
  };

  it("one that wants more memory than it may have runs when it may have twice as much", async () => {
    // Docker cannot tell of a kill that comes before it has begun to watch for one, right after the start.
    const script = "sleep 1; echo growing; dd if=/dev/zero of=/dev/null bs=20M count=1 && sleep 1000";
    await run(script, ", resources: { limits: { memory: 16Mi } }");
    await situation.pod("web", "a back-off", waitsFor("CrashLoopBackOff"));
    await recorded();
    await situation.askAndFollow("pod/web", {
      code: "OutOfMemory",
      headline: /container main uses more memory than it may, and is killed for it$/,
      evidence: [/its memory limit is 16Mi/, /exit code 137 \(SIGKILL: it was killed\)/, /it wrote last:\n {2}growing/],
      suggestion: /raise the memory limit of main from 16Mi to 32Mi/,
    });
    await situation.runs("web");
  });

  it("one whose readiness probe asks on a port that nobody listens on is ready when it asks on the other", async () => {
    const probe = "readinessProbe: { tcpSocket: { port: 81 }, periodSeconds: 1 }";
    await run("httpd -f -p 8080", `, ports: [{ containerPort: 8080 }], ${probe}`);
    await situation.told("Unhealthy");
    await situation.askAndFollow("pod/web", {
      code: "ReadinessProbeFails",
      headline: /is running, but not ready: container main fails its readiness probe: .*connection refused/,
      evidence: [/readiness probe: tcp-socket :81 /, /Unhealthy.*connection refused/],
      suggestion: /ask on port 8080/,
    });
    await situation.runs("web");
  });

  it("one whose program is not there says what it said", async () => {
    await run("frobnicate --all");
    await situation.pod("web", "a back-off", waitsFor("CrashLoopBackOff"));
    await recorded();
    const { headline, evidence, waitsFor: next } = await found("CrashLoop");
    expect(headline).to.equal("container main fails with exit code 127 (there is no such program)");
    expect(evidence.join("\n")).to.match(/it wrote last:\n {2}sh: frobnicate: not found/);
    expect(next).to.match(/^its next restart at \d\d:\d\d:\d\d UTC/);
  });

  it("one that is ended for its liveness probe says what the probe was answered", async () => {
    const probe = ", livenessProbe: { exec: { command: [sh, -c, 'echo unwell; false'] }, periodSeconds: 1, failureThreshold: 1 }";
    await run("sleep 1000", probe);
    await situation.pod("web", "a back-off", waitsFor("CrashLoopBackOff"));
    await recorded();
    const { headline, evidence } = await found("ProbeKills");
    expect(headline).to.equal("container main is ended for failing its probe");
    expect(evidence.join("\n")).to.match(/its liveness probe failed: unwell/);
  });

  it("one whose image is on a registry that there is not says so", async () => {
    await run("sleep 1000", "", "registry.invalid/web:1");
    await situation.pod("web", "to fail to pull", waitsFor("ErrImagePull", "ImagePullBackOff"));
    const { headline, evidence } = await found("ImagePull");
    expect(headline).to.match(
      /^image registry.invalid\/web:1 cannot be pulled: (the registry's name cannot be resolved|the registry does not answer)$/,
    );
    expect(evidence[0]).to.match(/^(ErrImagePull|ImagePullBackOff): .*registry\.invalid/);
  });
});
