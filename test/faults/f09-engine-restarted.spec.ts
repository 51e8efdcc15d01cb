import { expect } from "chai";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../src/api/object.js";
import type { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";
import type { ContainerStatus } from "../../src/gen/howbernetes/core/v1/pod_status.js";
import { labelKeys } from "../../src/howbelet/runtime/identity.js";
import { DockerCluster } from "../conformance/node/docker-cluster.js";
import { skipBecause } from "../skip.js";
import { PrivateEngine, whyNoPrivateEngine } from "./node/private-engine.js";

const obstacle = await whyNoPrivateEngine();

/** The engine remembers 256 events; a container that ends at once makes at least four. */
const shortLived = 80;

const mainOf = ({ status }: Whole<Pod>): Partial<ContainerStatus> => status.containerStatuses[0] ?? {};
const hasRestarted = (pod: Whole<Pod>): boolean => mainOf(pod).state?.running !== undefined && (mainOf(pod).restartCount ?? 0) === 1;

describe("F9: the engine is restarted", function () {
  this.timeout(180_000);
  let engine: PrivateEngine;
  let docker: DockerCluster;
  let ns: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    engine = await PrivateEngine.create();
    docker = await DockerCluster.start({ host: engine.host });
    ns = await docker.namespace("f9");
  });
  after(async () => {
    await docker?.stop();
    await engine?.destroy();
  });

  async function create(name: string, restartPolicy: string, script: string): Promise<Whole<Pod>> {
    await docker.create(
      podKind,
      ns,
      `
metadata: { name: ${name} }
spec:
  restartPolicy: ${restartPolicy}
  terminationGracePeriodSeconds: 1
  containers: [{ name: main, image: ${docker.image}, command: [sh, -c, "${script}"] }]
`,
    );
    return docker.running(ns, name);
  }

  async function containerOf(pod: Whole<Pod>) {
    const label = [`${labelKeys.podUid}=${pod.metadata.uid}`, `${labelKeys.kind}=app`];
    const [found] = await engine.docker.listContainers({ filters: { label } });
    return engine.docker.getContainer(found?.Id ?? "");
  }

  it("with hundreds of changes missed: every pod's state is right again, with the exit codes that Docker knows", async () => {
    const forever = "while :; do sleep 3600; done";
    const [calm, killed, removed] = [
      await create("calm", "Always", forever),
      await create("killed", "Always", forever),
      await create("removed", "Always", forever),
    ];
    const ended = await create("ended", "Never", "while [ ! -e /tmp/end ]; do sleep 0.1; done; exit 7");
    const calmId = mainOf(calm).containerID;
    const victims = { killed: await containerOf(killed), removed: await containerOf(removed), ended: await containerOf(ended) };
    // An agent that hears nothing: it comes back as it would after its own restart, on its own files.
    await docker.stopNode();

    await victims.killed.kill();
    await victims.removed.remove({ force: true });
    const exec = await victims.ended.exec({ Cmd: ["touch", "/tmp/end"] });
    await exec.start({});
    await victims.ended.wait();
    await engine.runShortLived(docker.image, shortLived);
    await docker.startNode();
    await engine.stop();
    await engine.start();

    const end = await docker.ended(ns, "ended");
    expect(end.status.phase).to.equal("Failed");
    expect(mainOf(end).state?.terminated).to.include({ exitCode: 7, reason: "Error" });
    const again = await docker.until(ns, "killed", "one restart", hasRestarted);
    expect(mainOf(again).lastState?.terminated).to.include({ exitCode: 137 });
    const anew = await docker.until(ns, "removed", "one restart", hasRestarted);
    expect(mainOf(anew).lastState?.terminated).to.include({ reason: "ContainerStatusUnknown" });
    const still = await docker.ready(ns, "calm");
    expect(mainOf(still)).to.include({ restartCount: 0, containerID: calmId });
  });

  it("while its containers die: the next one finds out how, and they run again", async () => {
    const pod = await create("dying", "Always", "trap 'exit 3' TERM; while :; do sleep 3600 & wait $!; done");
    const { State: state } = await (await containerOf(pod)).inspect();
    await engine.stop();
    process.kill(state.Pid, "SIGTERM");
    await engine.start();

    const again = await docker.until(ns, "dying", "one restart", hasRestarted);
    expect(mainOf(again).lastState?.terminated?.exitCode).to.be.a("number").and.not.equal(0);
  });
});
