import { expect } from "chai";
import { isBadRequest } from "../../../src/api/errors.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { createPodStreams } from "../../../src/client/pod-streams.js";
import { PodsService } from "../../../src/gen/howbernetes/api/v1/pods.js";
import { PodLogOptions } from "../../../src/gen/howbernetes/core/v1/pod_log.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";

const obstacle = await whyNoDockerCluster();

describe("the logs of a container", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let ns: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start();
    ns = await docker.namespace("logs");
    // Text that is longer than one of the files that Docker keeps of it, so that it is read across their rotation.
    await docker.create(
      podKind,
      ns,
      `
metadata: { name: talker }
spec:
  terminationGracePeriodSeconds: 0
  initContainers: [{ name: setup, image: ${docker.image}, command: [echo, prepared] }]
  containers:
    - name: main
      image: ${docker.image}
      command: [sh, -c, 'echo first; echo oh >&2; sleep 1; echo second; exec sleep 1000']
    - name: long
      image: ${docker.image}
      command: [sh, -c, 'awk "BEGIN { p = sprintf(\\"%01000d\\", 0); for (i = 1; i <= 15000; i++) print i, p }"; exec sleep 1000']
    - name: mortal
      image: ${docker.image}
      stdin: true
      command: [sh, -c, 'cat /proc/sys/kernel/random/uuid; read line; exit 1']
`,
    );
    await docker.ready(ns, "talker");
  });
  after(() => docker?.stop());

  async function* read(container: string, options: Partial<PodLogOptions> = {}): AsyncGenerator<Buffer> {
    const request = { namespace: ns, name: "talker", options: PodLogOptions.fromPartial({ container, ...options }) };
    for await (const { data } of docker.cluster.client.raw(PodsService, "bulk").logs(request)) yield data;
  }

  const textOf = async (container: string, options: Partial<PodLogOptions> = {}): Promise<string> => {
    const pieces: Buffer[] = [];
    for await (const piece of read(container, options)) pieces.push(piece);
    return Buffer.concat(pieces).toString();
  };

  /** Follows until a text has been seen. */
  const until = async (container: string, wanted: string): Promise<string> => {
    let text = "";
    for await (const piece of read(container, { follow: true })) {
      text += piece.toString();
      if (text.includes(wanted)) return text;
    }
    throw new Error(`the log ended with ${text}`);
  };

  it("are followed as they are written", async () => {
    // Docker keeps the order of what is written within a stream, and of the two only the time.
    const lines = (await until("main", "second\n")).split("\n");

    expect(lines.filter((line) => line !== "oh")).to.deep.equal(["first", "second", ""]);
  });

  it("are cut to what is wanted: their end, their beginning, a stream, a time, with times", async () => {
    await until("main", "second\n");

    expect(await textOf("main", { tailLines: 1 })).to.equal("second\n");
    expect(await textOf("main", { tailLines: 0 })).to.equal("");
    expect(await textOf("main", { limitBytes: 3, stream: "Stdout" })).to.equal("fir");
    expect(await textOf("main", { stream: "Stderr" })).to.equal("oh\n");
    const stamped = await textOf("main", { timestamps: true, stream: "Stdout" });
    const [, first = "", second = ""] = /^(\S+) first\n(\S+) second\n$/.exec(stamped) ?? [];
    expect(Date.parse(first)).to.be.lessThan(Date.parse(second));
    const from = Math.floor(Date.parse(second) / 1_000) * 1_000;
    const sinceTime = { seconds: from / 1_000, nanos: 0 };
    expect(await textOf("main", { sinceTime, stream: "Stdout" })).to.equal("second\n");
  });

  it("are whole and in order however long they are", async () => {
    await until("long", "\n15000 ");
    const numbers = (await textOf("long")).split("\n").flatMap((line) => (line === "" ? [] : [Number(line.split(" ")[0])]));

    expect(numbers).to.deep.equal(Array.from({ length: 15_000 }, (_, index) => index + 1));
    expect(await textOf("long", { tailLines: 2 })).to.match(/^14999 0+\n15000 0+\n$/);
  });

  it("are there of init containers, too", async () => {
    expect(await textOf("setup")).to.equal("prepared\n");
  });

  it("are those of the present run, and of the one before it when asked for", async () => {
    const before = await until("mortal", "\n");
    const refusal = await textOf("mortal", { previous: true }).catch((error: unknown) => error);
    expect(refusal)
      .to.satisfy(isBadRequest)
      .and.have.property("message", 'previous terminated container "mortal" in pod "talker" not found');

    const process = await createPodStreams(docker.cluster.client).attach(
      { namespace: ns, name: "talker" },
      { container: "mortal", stdin: true },
    );
    await process.write(Buffer.from("go\n"));
    await docker.until(ns, "talker", "a restart", ({ status }) =>
      status.containerStatuses.some(({ restartCount, state }) => restartCount === 1 && state?.running !== undefined),
    );

    expect(await textOf("mortal", { previous: true })).to.equal(before);
    expect(await until("mortal", "\n")).not.to.equal(before);
  });
});
