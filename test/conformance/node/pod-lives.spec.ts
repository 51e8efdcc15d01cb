import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect } from "chai";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../../src/api/object.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";

const obstacle = await whyNoDockerCluster();

const conditionOf = ({ status }: Whole<Pod>, wanted: string) => status.conditions.find(({ type }) => type === wanted);

describe("the life of a pod", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let ns: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start();
  });
  after(() => docker?.stop());
  beforeEach(async () => {
    ns = await docker.namespace("lives");
  });

  const pods = () => docker.cluster.client.of(podKind);
  const manifest = (fields: string, script = "sleep 1000"): string => `
metadata: { name: p, finalizers: [example.com/kept] }
spec:
  ${fields}
  containers: [{ name: main, image: "${docker.image}", command: ["sh", "-c", ${JSON.stringify(script)}] }]
`;

  it("is over at its deadline, which may be set later", async () => {
    await docker.create(podKind, ns, manifest("terminationGracePeriodSeconds: 0"));
    await docker.running(ns, "p");
    await pods().patch({ namespace: ns, name: "p" }, "merge", { spec: { activeDeadlineSeconds: 1 } });
    const pod = await docker.ended(ns, "p");

    expect(pod.status).to.include({
      phase: "Failed",
      reason: "DeadlineExceeded",
      message: "Pod was active on the node longer than the specified deadline",
    });
    expect(pod.status.containerStatuses[0]?.state?.terminated?.exitCode).to.equal(137);
    expect(conditionOf(pod, "Ready")).to.include({ status: "False", reason: "PodFailed" });
    await docker.untilEvent(ns, "p", "DeadlineExceeded", ({ reason }) => reason === "DeadlineExceeded");
    await docker.lastOf(ns, "p");
  });

  it("ends with the grace that its deletion gives it, not a moment before its program does", async () => {
    const script = "trap 'sleep 1; exit 3' TERM; while :; do sleep 0.05; done";
    await docker.create(podKind, ns, manifest("terminationGracePeriodSeconds: 20", script));
    await docker.running(ns, "p");
    const pod = await docker.lastOf(ns, "p");

    expect(pod.metadata.deletionGracePeriodSeconds).to.equal(20);
    expect(pod.status.phase).to.equal("Failed");
    expect(pod.status.containerStatuses[0]?.state?.terminated).to.include({ exitCode: 3, reason: "Error" });
  });

  it("is ready only once others have found true what its gates name", async () => {
    await docker.create(podKind, ns, manifest("terminationGracePeriodSeconds: 0\n  readinessGates: [{ conditionType: example.com/seen }]"));
    const unready = await docker.until(ns, "p", "its containers ready", (pod) => conditionOf(pod, "ContainersReady")?.status === "True");
    await pods().patch(
      { namespace: ns, name: "p" },
      "strategic",
      { status: { conditions: [{ type: "example.com/seen", status: "True" }] } },
      { subresource: "status" },
    );
    await docker.ready(ns, "p");

    expect(conditionOf(unready, "Ready")).to.include({
      status: "False",
      reason: "ReadinessGatesNotReady",
      message: 'corresponding condition of pod readiness gate "example.com/seen" does not exist.',
    });
    await docker.lastOf(ns, "p");
  });

  it("begins anew with its init containers when its sandbox dies", async () => {
    const init = `initContainers: [{ name: first, image: "${docker.image}", command: ["true"] }]`;
    await docker.create(podKind, ns, manifest(`terminationGracePeriodSeconds: 0\n  ${init}`));
    const { metadata } = await docker.ready(ns, "p");
    await promisify(execFile)("docker", ["kill", `howbe_POD_p_${ns}_${metadata.uid}_0`]);
    const isAnew = (pod: Whole<Pod>): boolean =>
      pod.status.containerStatuses[0]?.restartCount === 1 && conditionOf(pod, "Ready")?.status === "True";
    const pod = await docker.until(ns, "p", "a new sandbox", isAnew);

    expect(pod.status.initContainerStatuses[0]).to.include({ restartCount: 1, ready: true });
    expect(conditionOf(pod, "Initialized")?.status).to.equal("True");
    await docker.lastOf(ns, "p");
  });
});
