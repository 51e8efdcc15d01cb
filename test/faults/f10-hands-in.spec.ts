import { expect } from "chai";
import Docker from "dockerode";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../src/api/object.js";
import type { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";
import type { ContainerStatus } from "../../src/gen/howbernetes/core/v1/pod_status.js";
import { containerName } from "../../src/howbelet/runtime/identity.js";
import { DockerCluster, whyNoDockerCluster } from "../conformance/node/docker-cluster.js";
import { identityOf } from "../conformance/runtime/configs.js";
import { containersOf } from "../e2e/harness/containers.js";
import { skipBecause } from "../skip.js";

const obstacle = await whyNoDockerCluster();
const mainOf = ({ status }: Whole<Pod>): Partial<ContainerStatus> => status.containerStatuses[0] ?? {};

/** What else hands can do to containers is in test/e2e/interference.spec.ts. */
describe("F10: somebody has his hands in the engine", function () {
  this.timeout(120_000);
  const engine = new Docker();
  let docker: DockerCluster;
  let ns: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start();
  });
  after(() => docker?.stop());
  beforeEach(async () => {
    ns = await docker.namespace("f10");
  });

  const create = (more = ""): Promise<Whole<Pod>> =>
    docker.create(
      podKind,
      ns,
      `
metadata: { name: web }
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: main
    image: ${docker.image}
    command: [sh, -c, "mkdir -p /www; echo ok >/www/index.html; httpd -p 8080 -h /www; trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"]
${more}`,
    );
  async function containerOf({ metadata }: Whole<Pod>, name: "POD" | "main") {
    const found = (await containersOf("docker-1")).find((each) => each.podUid === metadata.uid && each.container === name && each.running);
    return engine.getContainer(found?.id ?? "");
  }

  it("and pauses a container that is probed: it is killed, and runs again", async () => {
    // Not by a program in the container: Docker itself hangs when it is paused just as one is being started in it.
    const probe = { httpGet: { path: "/index.html", port: 8080 }, periodSeconds: 1 };
    // Ready only once it serves, which a busy machine may take a while over: until then it is not to be killed.
    const startup = { ...probe, failureThreshold: 60 };
    const made = await create(`    startupProbe: ${JSON.stringify(startup)}\n    livenessProbe: ${JSON.stringify(probe)}\n`);
    await docker.ready(ns, "web");
    await (await containerOf(made, "main")).pause();
    await docker.untilEvent(ns, "web", "that it is killed", ({ reason = "" }) => reason === "Killing");
    const again = await docker.until(
      ns,
      "web",
      "a restart",
      (pod) => mainOf(pod).state?.running !== undefined && mainOf(pod).restartCount === 1,
    );

    expect(again.status.phase).to.equal("Running");
  });

  it("and pauses one that is not: its pod can be deleted all the same", async () => {
    const made = await create();
    await docker.ready(ns, "web");
    await (await containerOf(made, "main")).pause();
    await (await containerOf(made, "POD")).pause();
    await docker.cluster.client.of(podKind).delete({ namespace: ns, name: "web" });
    await docker.cluster.gone(podKind, { namespace: ns, name: "web" });

    expect((await containersOf("docker-1")).filter(({ podUid }) => podUid === made.metadata.uid)).to.deep.equal([]);
  });

  it("and has taken the name that a container would get: said in the pod's events, and left alone", async () => {
    const made = await create('    livenessProbe: { exec: { command: ["true"] } }\n');
    await docker.ready(ns, "web");
    const { uid, namespace, name } = made.metadata;
    const next = containerName(identityOf(uid, { podNamespace: namespace, podName: name, container: "main", attempt: 1 }));
    const foreign = await engine.createContainer({ name: next, Image: docker.image, Cmd: ["sleep", "1000"] });
    try {
      await (await containerOf(made, "main")).kill();
      const event = await docker.untilEvent(ns, "web", "whose name it is", ({ message = "" }) =>
        message.includes("is taken by a container"),
      );
      expect(event.type).to.equal("Warning");
      expect((await foreign.inspect()).State.Status).to.equal("created");
    } finally {
      await foreign.remove({ force: true });
    }
    await docker.until(ns, "web", "running once the name is free", (pod) => mainOf(pod).state?.running !== undefined);
  });
});
