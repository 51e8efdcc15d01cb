import { expect } from "chai";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../../src/api/object.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";

const obstacle = await whyNoDockerCluster();

describe("ephemeral containers of a pod that runs", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let ns: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start();
    ns = await docker.namespace("ephemeral");
  });
  after(() => docker?.stop());

  const start = async (name: string): Promise<void> => {
    await docker.create(
      podKind,
      ns,
      `
metadata: { name: ${name} }
spec:
  terminationGracePeriodSeconds: 0
  containers: [{ name: main, image: ${docker.image}, command: [sleep, "4321"] }]
`,
    );
    await docker.running(ns, name);
  };

  const add = (pod: string, name: string, script: string, target = ""): Promise<Whole<Pod>> => {
    const container = { name, image: docker.image, command: ["sh", "-c", script], targetContainerName: target };
    const patch = { spec: { ephemeralContainers: [container] } };
    return docker.cluster.client
      .of(podKind)
      .patch({ namespace: ns, name: pod }, "strategic", patch, { subresource: "ephemeralcontainers" });
  };

  const endOf = async (pod: string, name: string) => {
    const { status } = await docker.until(ns, pod, `the end of ${name}`, ({ status: { ephemeralContainerStatuses } }) =>
      ephemeralContainerStatuses.some((each) => each.name === name && each.state?.terminated !== undefined),
    );
    return status.ephemeralContainerStatuses.find((each) => each.name === name);
  };

  it("start beside the others, end once, and leave the pod ready", async () => {
    await start("debugged");
    await add("debugged", "debug", "echo polo; hostname; exit 3");
    const status = await endOf("debugged", "debug");
    const after = await docker.ready(ns, "debugged");

    expect(status?.state?.terminated?.exitCode).to.equal(3);
    expect(status?.restartCount).to.equal(0);
    expect(await docker.logs(ns, "debugged", "debug")).to.equal("polo\ndebugged\n");
    expect(after.status.phase).to.equal("Running");
    expect(after.status.containerStatuses[0]?.restartCount).to.equal(0);
  });

  it("see the processes of the container that they are for, and others do not", async () => {
    await start("targeted");
    await add("targeted", "looking", "ps -o args", "main");
    await endOf("targeted", "looking");
    await add("targeted", "blind", "ps -o args");
    await endOf("targeted", "blind");

    expect(await docker.logs(ns, "targeted", "looking")).to.contain("sleep 4321");
    expect(await docker.logs(ns, "targeted", "blind")).not.to.contain("sleep 4321");
  });

  it("are added one after the other, each to those that are there", async () => {
    await start("twice");
    await add("twice", "first", "true");
    const twice = await add("twice", "second", "true");
    await Promise.all([endOf("twice", "first"), endOf("twice", "second")]);

    const names = twice.spec.ephemeralContainers.map(({ ephemeralContainerCommon }) => ephemeralContainerCommon?.name);
    expect(names).to.have.members(["first", "second"]);
  });
});
