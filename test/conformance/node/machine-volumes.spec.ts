import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { geteuid } from "node:process";
import { promisify } from "node:util";
import { expect } from "chai";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";

const obstacle = await whyNoDockerCluster();
const run = promisify(execFile);

describe("files of the machine in pods", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let folder: string;
  let ns: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start();
  });
  after(() => docker?.stop());
  beforeEach(async () => {
    ns = await docker.namespace("machine");
    folder = await mkdtemp(join(tmpdir(), "machine-volumes-"));
  });
  afterEach(async () => {
    await run("umount", ["--recursive", "--lazy", join(folder, "shared")]).catch((_notMounted: unknown) => undefined);
    await rm(folder, { recursive: true, force: true });
  });

  const pod = (name: string, script: string, mounts: string, volumes: string): string => `
metadata: { name: ${name} }
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 0
  containers: [{ name: main, image: ${docker.image}, command: [sh, -c, ${JSON.stringify(script)}], volumeMounts: [${mounts}] }]
  volumes: [${volumes}]
`;

  it("are read and written in place, or read only", async () => {
    await mkdir(join(folder, "data"));
    await writeFile(join(folder, "data/file"), "from the machine");
    const script =
      "cat /data/file /file; echo; echo from the pod > /data/new; touch /read/new 2>/dev/null || echo read-only; mkdir /made/sub";
    const mounts = [
      "{ name: data, mountPath: /data }",
      "{ name: data, mountPath: /read, readOnly: true }",
      "{ name: file, mountPath: /file }",
      "{ name: made, mountPath: /made }",
      "{ name: none, mountPath: /none }",
    ];
    const volumes = [
      `{ name: data, hostPath: { path: ${folder}/data, type: Directory } }`,
      `{ name: file, hostPath: { path: ${folder}/data/file, type: File } }`,
      `{ name: made, hostPath: { path: ${folder}/made/deep, type: DirectoryOrCreate } }`,
      `{ name: none, hostPath: { path: ${folder}/none } }`,
    ];
    const { output } = await docker.outputOf(ns, pod("user", script, mounts.join(", "), volumes.join(", ")));

    expect(output).to.equal("from the machinefrom the machine\nread-only\n");
    expect(await readFile(join(folder, "data/new"), "utf8")).to.equal("from the pod\n");
    expect((await stat(join(folder, "made/deep/sub"))).isDirectory()).to.equal(true);
    expect((await stat(join(folder, "none"))).isDirectory()).to.equal(true);
  });

  it("are waited for when they are not what the pod takes them for, and outlive it", async () => {
    const place = join(folder, "late");
    await docker.create(
      podKind,
      ns,
      pod("waiting", "touch /v/seen", "{ name: v, mountPath: /v }", `{ name: v, hostPath: { path: ${place}, type: Directory } }`),
    );
    const message = `MountVolume.SetUp failed for volume "v" : hostPath type check failed: ${place} is not a directory`;
    expect((await docker.untilEvent(ns, "waiting", "the check", (event) => event.message === message)).reason).to.equal("FailedMount");

    await mkdir(place);
    expect((await docker.ended(ns, "waiting")).status.phase).to.equal("Succeeded");
    await docker.cluster.client.of(podKind).delete({ namespace: ns, name: "waiting" });
    await docker.cluster.gone(podKind, { namespace: ns, name: "waiting" });
    expect((await stat(join(place, "seen"))).isFile()).to.equal(true);
  });

  it("show what is mounted there later, where that is asked for", async function () {
    if (geteuid?.() !== 0) skipBecause(this, "only root can mount");
    const shared = join(folder, "shared");
    await mkdir(shared);
    await run("mount", ["-t", "tmpfs", "tmpfs", shared]);
    await run("mount", ["--make-shared", shared]);
    await mkdir(join(shared, "later"));
    const script = "echo ready; until [ -e /follows/later/file ]; do usleep 20000; done; ls /private/later; echo seen; exec sleep 1000";
    const mounts = "{ name: v, mountPath: /follows, mountPropagation: HostToContainer }, { name: v, mountPath: /private }";
    await docker.create(podKind, ns, pod("follower", script, mounts, `{ name: v, hostPath: { path: ${shared} } }`));
    await docker.running(ns, "follower");
    await docker.untilLogged(ns, "follower", "main", "ready\n");

    await run("mount", ["-t", "tmpfs", "tmpfs", join(shared, "later")]);
    await writeFile(join(shared, "later/file"), "");
    expect(await docker.untilLogged(ns, "follower", "main", "seen\n")).to.equal("ready\nseen\n");
  });
});
