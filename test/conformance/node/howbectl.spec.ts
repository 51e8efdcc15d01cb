import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { FakeCli } from "../../fakes/fake-cli-env.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";

const obstacle = await whyNoDockerCluster();

describe("howbectl with real containers", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let ns: string;
  let cli: FakeCli;
  let directory: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start();
    directory = await mkdtemp(join(tmpdir(), "howbectl-"));
  });
  after(async () => {
    await docker?.stop();
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
  });
  beforeEach(async () => {
    ns = await docker.namespace("howbectl");
    cli = new FakeCli({ client: docker.cluster.client, namespace: ns });
  });

  const start = async (script: string): Promise<void> => {
    const command = JSON.stringify(["sh", "-c", script]);
    const container = `{ name: main, image: ${docker.image}, command: ${command} }`;
    await docker.create(
      podKind,
      ns,
      `\nmetadata: { name: web }\nspec:\n  terminationGracePeriodSeconds: 0\n  containers: [${container}]\n`,
    );
    await docker.running(ns, "web");
  };

  it("prints logs, and of them what is asked for", async () => {
    await start("for i in 1 2 3; do echo line $i; done; sleep 1000");
    const first = new FakeCli({ client: docker.cluster.client, namespace: ns });
    const following = first.run("logs", "-f", "web");
    await first.printed("line 3\n");
    first.interrupt();
    await following;

    await cli.run("logs", "web", "main");
    expect(cli.out).to.equal("line 1\nline 2\nline 3\n");
    await cli.run("logs", "web", "--tail=1");
    expect(cli.out).to.equal("line 3\n");
    await cli.run("logs", "web", "--limit-bytes=3");
    expect(cli.out).to.equal("lin");
    await cli.run("logs", "web", "--tail=1", "--timestamps");
    expect(cli.out).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z line 3\n$/);
    const time = cli.out.split(" ")[0] ?? "";
    await cli.run("logs", "web", "--since-time", time);
    expect(cli.out).to.match(/line 3\n$/);
    await cli.run("logs", "web", "--since=24h", "--prefix");
    expect(cli.out).to.match(/^\[pod\/web\/main\] line 1\n/);
  });

  it("follows a log through restarts, each line once", async () => {
    const script =
      'n=$(cat /state/n 2>/dev/null || echo 0); echo $((n+1)) > /state/n; i=0; while [ $i -lt 200 ]; do echo "$n $i"; i=$((i+1)); done';
    const command = JSON.stringify(["sh", "-c", script]);
    await docker.create(
      podKind,
      ns,
      `
metadata: { name: web, labels: { app: web } }
spec:
  terminationGracePeriodSeconds: 0
  volumes: [{ name: state, emptyDir: {} }]
  containers: [{ name: main, image: ${docker.image}, command: ${command}, volumeMounts: [{ name: state, mountPath: /state }] }]
`,
    );
    const following = cli.run("logs", "-f", "-l", "app=web", "--tail=-1");
    await cli.printed("2 199\n");
    cli.interrupt();
    expect(await following).to.equal(130);
    const expected = [0, 1, 2].flatMap((run) => Array.from({ length: 200 }, (_, index) => `${run} ${index}`));
    expect(cli.out.trimEnd().split("\n").slice(0, 600)).to.deep.equal(expected);
  });

  it("runs programs: their input, both outputs and exit code", async () => {
    await start("sleep 1000");
    cli.stdin = "from here";
    expect(await cli.run("exec", "-i", "web", "--", "sh", "-c", "cat; echo aside >&2; exit 7")).to.equal(7);
    expect(cli.out).to.equal("from here");
    expect(cli.err).to.equal("aside\ncommand terminated with exit code 7\n");
  });

  it("runs a pod for one program, and leaves nothing of it", async () => {
    cli.stdin = "one\ntwo\n";
    const words = [
      "--image",
      docker.image,
      "--restart=Never",
      "--override-type=merge",
      '--overrides={"spec":{"terminationGracePeriodSeconds":0}}',
    ];
    expect(await cli.run("run", "once", "-i", "--rm", "-q", ...words, "--", "sh", "-c", "wc -l; exit 3")).to.equal(3);
    expect(cli.out).to.equal("2\n");
    expect(await cli.run("wait", "--for=delete", "pod/once", "--timeout=30s")).to.equal(0);
  });

  it("copies trees into a container and out of it again", async () => {
    await start("sleep 1000");
    const content = randomBytes(3_000_000);
    await mkdir(join(directory, "tree", "deep"), { recursive: true });
    await writeFile(join(directory, "tree", "deep", "big"), content);
    await writeFile(join(directory, "tree", "empty"), "");
    expect(await cli.run("cp", join(directory, "tree"), "web:/tmp/there")).to.equal(0);
    expect(await cli.run("exec", "web", "--", "find", "/tmp/there", "-type", "f")).to.equal(0);
    expect(cli.out.trim().split("\n").sort()).to.deep.equal(["/tmp/there/deep/big", "/tmp/there/empty"]);

    expect(await cli.run("cp", `${ns}/web:/tmp/there`, join(directory, "back"))).to.equal(0);
    expect((await readFile(join(directory, "back", "deep", "big"))).equals(content)).to.equal(true);
    expect(await cli.run("cp", "web:/none/such", join(directory, "none"))).to.equal(1);
    expect(cli.err).to.include("command terminated with exit code 1");
  });

  it("reaches a port that a program listens on, though on the pod's loopback alone", async () => {
    await start("mkdir /www; echo hello > /www/index.html; exec httpd -f -p 127.0.0.1:80 -h /www");
    const forwarding = cli.run("port-forward", "web", ":80", "--address=127.0.0.1");
    await cli.printed("-> 80\n");
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(cli.out)?.[1]);
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.on("data", (piece) => {
      answer += String(piece);
    });
    socket.write("GET / HTTP/1.0\r\n\r\n");
    await once(socket, "end");
    expect(answer).to.match(/^HTTP\/1\.\d 200 OK[\s\S]*\r\n\r\nhello\n$/);
    cli.interrupt();
    expect(await forwarding).to.equal(130);
  });
});
