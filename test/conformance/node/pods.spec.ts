import { expect } from "chai";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";

const obstacle = await whyNoDockerCluster();

describe("pods on a node", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let ns: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start();
  });
  after(() => docker?.stop());
  beforeEach(async () => {
    ns = await docker.namespace("pods");
  });

  it("have an address of their own, and their node's", async () => {
    await docker.create(
      podKind,
      ns,
      `
metadata: { name: web }
spec:
  terminationGracePeriodSeconds: 1
  containers: [{ name: main, image: ${docker.image}, command: [sleep, "1000"] }]
`,
    );
    const { status } = await docker.running(ns, "web");

    expect(status.podIP).to.match(/^\d+\.\d+\.\d+\.\d+$/);
    expect(status.hostIP).to.match(/^\d+\.\d+\.\d+\.\d+$/);
    expect(status.hostIP).not.to.equal(status.podIP);
  });

  it("whose program ends succeed, and keep what it wrote", async () => {
    const { pod, output } = await docker.outputOf(
      ns,
      `
metadata: { name: once }
spec:
  restartPolicy: Never
  containers: [{ name: main, image: ${docker.image}, command: [echo, hello] }]
`,
    );

    expect(pod.status.phase).to.equal("Succeeded");
    expect(output).to.equal("hello\n");
  });
});
