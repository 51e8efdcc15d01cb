import { expect } from "chai";
import { isBadRequest, isNotFound, isUnavailable } from "../../src/api/errors.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { createPodStreams, type PodProcess, type PodStreams } from "../../src/client/pod-streams.js";
import { PodsService } from "../../src/gen/howbernetes/api/v1/pods.js";
import { startCluster, type TestCluster } from "../../src/testing/index.js";
import { pod } from "../builders/index.js";

describe("sessions through the api-server", function () {
  this.timeout(60_000);
  let cluster: TestCluster;
  let streams: PodStreams;
  const key = { namespace: "default", name: "web" };

  beforeEach(async () => {
    const exec = (command: readonly string[], input: string) => ({ output: `${command.join(" ")}: ${input}`, exitCode: input.length });
    cluster = await startCluster({ nodes: 1, controllers: [], behaviour: () => ({ exec }) });
    streams = createPodStreams(cluster.client);
    const { metadata, spec } = pod({ ...key, nodeName: "node-1", uid: "", resourceVersion: "" });
    await cluster.client.of(podKind).create({ metadata, spec, status: undefined });
    await cluster.until(podKind, key, ({ status }) => status.phase === "Running");
  });
  afterEach(() => cluster.stop());

  const textOf = async ({ output }: PodProcess): Promise<string> => {
    let text = "";
    for await (const { data } of output) text += data.toString();
    return text;
  };
  const failureOf = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  it("tell what a program wrote before they tell how it ended", async () => {
    const process = await streams.exec(key, { command: ["count"], stdin: true });
    await process.write(Buffer.from("one "));
    process.endInput();
    await process.write(Buffer.from("too late"));

    expect(await textOf(process)).to.equal("count: one ");
    expect(await process.exitCode()).to.equal(4);
  });

  it("keep the order of input and its end, whoever waits for it", async () => {
    const process = await streams.exec(key, { command: ["count"], stdin: true });
    const input = Buffer.alloc(300_000, "x");
    const written = process.write(input);
    process.endInput();
    await written;
    await textOf(process);

    expect(await process.exitCode()).to.equal(input.length);
  });

  it("take a caller that says nothing more for an end of input", async () => {
    async function* requests() {
      yield { message: { $case: "start" as const, value: { ...key, options: execOptions(), terminalSize: undefined } } };
    }
    const seen: string[] = [];
    for await (const { output } of cluster.client.raw(PodsService, "bulk").exec(requests())) {
      const message = output?.message;
      seen.push(message?.$case === "data" ? message.value.toString() : (message?.$case ?? ""));
    }

    expect(seen).to.deep.equal(["opened", "say: ", "exit"]);
  });

  it("break clean when the node is lost", async () => {
    const process = await streams.exec(key, { command: ["wait"], stdin: true });
    const reading = failureOf(textOf(process));
    await cluster.nodes[0]?.stop();

    expect(await reading).to.satisfy(isUnavailable);
    expect(await failureOf(process.exitCode())).to.satisfy(isUnavailable);
    await process.write(Buffer.from("nobody takes it"));
    expect(await failureOf(streams.exec(key, { command: ["again"] })))
      .to.satisfy(isUnavailable)
      .and.have.property("message", 'node "node-1" is not connected');
  });

  it("end with their container", async () => {
    const attached = await streams.attach(key);
    const reading = textOf(attached);
    await cluster.client.of(podKind).delete(key, { options: { gracePeriodSeconds: 0 } });

    expect(await reading).to.equal("");
  });

  it("refuse pods that are not there or have ended, and requests that do not begin with a start", async () => {
    expect(await failureOf(streams.exec({ ...key, name: "nobody" }, { command: ["x"] }))).to.satisfy(isNotFound);
    async function* requests() {
      yield { message: { $case: "input" as const, value: { message: undefined } } };
    }
    const answers = cluster.client.raw(PodsService, "bulk").exec(requests());
    const failure = await failureOf(answers[Symbol.asyncIterator]().next());
    expect(failure).to.satisfy(isBadRequest).and.have.property("message", "the first request must be a start");
  });

  it("break a connection that nobody answers, as an error of its stream", async () => {
    const failure = await failureOf(streams.portForward(key, 80));

    expect((failure as Error).message).to.equal("error forwarding port 80 to pod web: port 80 of the pod cannot be reached: ECONNREFUSED");
  });
});

function execOptions() {
  return { command: ["say"], container: undefined, stdin: true, stdout: true, stderr: true, tty: false };
}
