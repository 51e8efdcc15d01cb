import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { makeWhole } from "../../../src/api/codec/whole.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../../src/api/object.js";
import { createLog } from "../../../src/base/log.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import type { PodStatus } from "../../../src/gen/howbernetes/core/v1/pod_status.js";
import { removeCluster } from "../../../src/howbelet/runtime/docker/cleanup.js";
import { createDockerRuntime } from "../../../src/howbelet/runtime/docker/docker-runtime.js";
import type { ContainerSnapshot, Runtime, RuntimeScope } from "../../../src/howbelet/runtime/interface.js";
import { skipBecause } from "../../skip.js";
import { type AgentUnderTest, startAgent } from "./agent-harness.js";
import { ensureBusyboxImage, whyNoDocker } from "./busybox-image.js";

const signal = new AbortController().signal;

const runsAgain =
  (restarts: number) =>
  ({ containerStatuses: [web], podIP = "" }: PodStatus): boolean =>
    web?.state?.running !== undefined && web.restartCount === restarts && podIP !== "";

describe("the agent on Docker", function () {
  this.timeout(120_000);
  const scope: RuntimeScope = { clusterUid: randomUUID(), nodeName: "agent-test" };
  const foreign: RuntimeScope = { clusterUid: randomUUID(), nodeName: "agent-test" };
  let runtime: Runtime;
  let image: string;
  let directory: string;
  let filesDirectory: string;
  let agent: AgentUnderTest | undefined;

  before(async function () {
    const obstacle = await whyNoDocker();
    if (obstacle !== undefined) skipBecause(this, obstacle);
    image = await ensureBusyboxImage();
    filesDirectory = await mkdtemp(join(tmpdir(), "howbelet-"));
    runtime = createDockerRuntime({ directory: filesDirectory, log: createLog("test", "silent") });
  });

  after(async () => {
    runtime?.close();
    await rm(filesDirectory, { recursive: true, force: true });
  });

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "howbelet-"));
  });

  afterEach(async () => {
    await agent?.stop();
    agent = undefined;
    await removeCluster(scope.clusterUid);
    await removeCluster(foreign.clusterUid);
    await rm(directory, { recursive: true, force: true });
  });

  const start = (): AgentUnderTest => {
    agent = startAgent(runtime, scope, directory);
    return agent;
  };

  const pod = (): Whole<Pod> =>
    makeWhole(podKind, {
      metadata: { name: "web", namespace: "default", uid: randomUUID(), resourceVersion: "1" },
      spec: {
        restartPolicy: "Always",
        terminationGracePeriodSeconds: 1,
        containers: [{ name: "web", image, imagePullPolicy: "IfNotPresent", command: ["sleep", "1000"] }],
      },
    });

  async function snapshots(): Promise<readonly ContainerSnapshot[]> {
    const listed = await runtime.list(scope, signal);
    const all = await Promise.all(listed.map(({ id }) => runtime.inspect(id, signal)));
    return all.filter((each) => each !== undefined).sort((a, b) => a.id.localeCompare(b.id));
  }

  const idOf = async (container: string): Promise<string> => {
    const found = (await snapshots()).find(({ identity, phase }) => identity.container === container && phase === "running");
    if (found === undefined) throw new Error(`no container ${container} runs`);
    return found.id;
  };

  it("adopts what runs when it is started anew, without touching it", async () => {
    const web = pod();
    const first = start();
    first.tell(web);
    await first.until(web.metadata.uid, runsAgain(0));
    const before = await snapshots();
    await first.stop();
    const second = start();
    second.tell(web);
    await second.until(web.metadata.uid, runsAgain(0));

    expect(await snapshots()).to.deep.equal(before);
  });

  it("restarts a container that was killed, stopped or removed from outside", async () => {
    const web = pod();
    const running = start();
    running.tell(web);
    await running.until(web.metadata.uid, runsAgain(0));
    await runtime.kill(await idOf("web"), signal);
    await running.until(web.metadata.uid, runsAgain(1));
    await runtime.remove(await idOf("web"), signal);

    await running.until(web.metadata.uid, runsAgain(2));
  });

  for (const [how, end] of [
    ["killed", (id: string) => runtime.kill(id, signal)],
    ["removed", (id: string) => runtime.remove(id, signal)],
  ] as const) {
    it(`gives the pod a whole network again when its sandbox was ${how}`, async () => {
      const web = pod();
      const running = start();
      running.tell(web);
      await running.until(web.metadata.uid, runsAgain(0));
      await end(await idOf("POD"));
      await running.until(web.metadata.uid, runsAgain(1));

      const now = await snapshots();
      const sandbox = now.find(({ identity, phase }) => identity.kind === "sandbox" && phase === "running");
      const member = now.find(({ identity, phase }) => identity.kind === "app" && phase === "running");
      expect(sandbox?.ip).to.match(/^\d+\./);
      expect(member?.sandboxId).to.equal(sandbox?.id);
    });
  }

  it("connects a sandbox that the agent before it had started and not connected", async function () {
    if (process.getuid?.() !== 0) skipBecause(this, "pods are connected directly only by root");
    const web = pod();
    const first = start();
    first.tell(web);
    await first.until(web.metadata.uid, runsAgain(0));
    const sandboxId = await idOf("POD");
    await first.stop();
    await promisify(execFile)("ip", ["link", "delete", `hb${sandboxId.slice(0, 12)}`]);
    const second = start();
    second.tell(web);
    await second.until(web.metadata.uid, runsAgain(1));

    expect(await idOf("POD")).to.equal(sandboxId);
  });

  it("does not touch a container of another cluster that has the name it needs, and says so", async () => {
    const web = pod();
    await runtime.prepare(foreign, "", signal);
    const { uid, name, namespace } = web.metadata;
    const identity = {
      podUid: uid,
      podName: name,
      podNamespace: namespace,
      container: "POD",
      kind: "sandbox",
      specHash: "",
      attempt: 0,
    } as const;
    const config = {
      identity,
      hostname: "x",
      domainName: "",
      hostNetwork: false,
      ports: [],
      dns: { extendsMachine: true, servers: [], searches: [], options: [] },
      extraHosts: [],
      ipc: "pod" as const,
      sysctls: {},
    };
    const id = await runtime.createSandbox(foreign, config, signal);
    const running = start();
    running.tell(web);
    const isTold = ({ containerStatuses: [status] }: PodStatus): boolean => (status?.state?.waiting?.message ?? "") !== "";
    const status = await running.until(uid, isTold);

    expect(status.containerStatuses[0]?.state?.waiting?.message).to.contain("is taken by a container that is not this node's");
    expect((await runtime.inspect(id, signal))?.phase).to.equal("created");
  });
});
