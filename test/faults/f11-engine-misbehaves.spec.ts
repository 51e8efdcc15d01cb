import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../src/api/object.js";
import type { Pod } from "../../src/gen/howbernetes/core/v1/pod.js";
import { DockerCluster, whyNoDockerCluster } from "../conformance/node/docker-cluster.js";
import { containersOf, type NodeContainer } from "../e2e/harness/containers.js";
import { skipBecause } from "../skip.js";
import { DockerProxy, type Mischief } from "./node/docker-proxy.js";

const obstacle = await whyNoDockerCluster();

const waitingReason = ({ status }: Whole<Pod>): string => status.containerStatuses[0]?.state?.waiting?.reason ?? "";
const waitingMessage = ({ status }: Whole<Pod>): string => status.containerStatuses[0]?.state?.waiting?.message ?? "";

describe("F11: the engine misbehaves", function () {
  this.timeout(120_000);
  let directory: string;
  let engine: DockerProxy;
  let docker: DockerCluster;
  let ns: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    directory = mkdtempSync(join(tmpdir(), "howbernetes-engine-"));
    engine = await DockerProxy.start(join(directory, "docker.sock"));
    docker = await DockerCluster.start({ host: engine.host, callDeadlineMs: 5_000 });
  });
  after(async () => {
    engine?.heal();
    await docker?.stop();
    await engine?.stop();
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  });
  beforeEach(async () => {
    ns = await docker.namespace("f11");
  });
  afterEach(() => engine.heal());

  const create = (image = docker.image): Promise<Whole<Pod>> =>
    docker.create(
      podKind,
      ns,
      `
metadata: { name: web }
spec:
  terminationGracePeriodSeconds: 5
  containers:
  - name: main
    image: "${image}"
    command: [sh, -c, "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"]
`,
    );
  const containers = async ({ metadata }: Whole<Pod>): Promise<readonly NodeContainer[]> =>
    (await containersOf("docker-1")).filter(({ podUid }) => podUid === metadata.uid);

  /** Runs in the end, as one sandbox and one container, and leaves nothing when it is deleted. */
  async function endsWell(made: Whole<Pod>): Promise<void> {
    engine.heal();
    await docker.ready(ns, "web");
    expect(
      (await containers(made))
        .filter(({ running }) => running)
        .map(({ container }) => container)
        .sort(),
    ).to.deep.equal(["POD", "main"]);
    await docker.cluster.client.of(podKind).delete({ namespace: ns, name: "web" });
    await docker.cluster.gone(podKind, { namespace: ns, name: "web" });
    expect(await containers(made)).to.deep.equal([]);
  }

  const createPath = /^\/containers\/create$/;
  const startPath = /^\/containers\/[^/]+\/start$/;
  const cases: readonly { readonly it: string; readonly method: string; readonly path: RegExp; readonly mischief: Mischief }[] = [
    {
      it: "refuses to make a container with 500",
      method: "POST",
      path: createPath,
      mischief: { status: 500, message: "mischief: internal" },
    },
    { it: "has no space left", method: "POST", path: createPath, mischief: { status: 500, message: "mischief: no space left on device" } },
    { it: "refuses to start one with 409", method: "POST", path: startPath, mischief: { status: 409, message: "mischief: in the way" } },
  ];
  for (const { it: does, method, path, mischief } of cases) {
    it(`${does}: tried again with growing waits, its words in an event, and nothing is left over`, async () => {
      engine.harm(method, path, mischief, 4);
      const made = await create();
      const event = await docker.untilEvent(ns, "web", "the engine's words", ({ message = "" }) => message.includes("mischief"));
      expect(event).to.include({ type: "Warning" });

      await endsWell(made);
    });
  }

  it("makes a container and loses its answer: the container is found, and not made twice", async () => {
    engine.harm("POST", createPath, "lose", 2);
    await endsWell(await create());
  });

  it("hangs: given up after its time, and tried again", async () => {
    engine.harm("POST", startPath, "hang", 1);
    await endsWell(await create());
  });

  it("hangs while a pod is removed: gone in the end all the same", async () => {
    const made = await create();
    await docker.ready(ns, "web");
    engine.harm("DELETE", /^\/containers\//, "hang", 1);
    engine.harm("POST", /\/kill$/, { status: 500, message: "mischief" }, 1);
    await docker.cluster.client.of(podKind).delete({ namespace: ns, name: "web" });
    await docker.cluster.gone(podKind, { namespace: ns, name: "web" });

    expect(await containers(made)).to.deep.equal([]);
  });

  it("has no such image, and no way to fetch it: the reason is in the pod's status", async () => {
    engine.harm("POST", /^\/images\/create$/, { status: 500, message: "mischief: no space left on device" }, 1);
    await create("howbernetes/missing:1");
    const pod = await docker.until(ns, "web", "a pull that failed", (each) => waitingMessage(each).includes("mischief"));

    expect(waitingReason(pod)).to.be.oneOf(["ErrImagePull", "ImagePullBackOff"]);
    expect(pod.status.phase).to.equal("Pending");
  });
});
