import { execFile } from "node:child_process";
import { readlink } from "node:fs/promises";
import { promisify } from "node:util";
import { expect } from "chai";
import { createLog, type LogFields } from "../../../src/base/log.js";
import { bridgeName, networkName } from "../../../src/howbelet/runtime/docker/network/ensure-network.js";
import type { ContainerSnapshot } from "../../../src/howbelet/runtime/interface.js";
import { eventually } from "../../eventually.js";
import { skipBecause } from "../../skip.js";
import { answering, asking, PodNetworkUnderTest, pingingGateway, whyNoPodNetwork } from "./pod-network-harness.js";

const run = promisify(execFile);
const signal = new AbortController().signal;

const obstacle = await whyNoPodNetwork("direct");

describe("the pod network, connected directly", function () {
  this.timeout(90_000);
  let network: PodNetworkUnderTest;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    network = await PodNetworkUnderTest.create();
  });

  beforeEach(() => network.open("direct"));

  afterEach(() => network.clear());

  after(() => network?.destroy());

  const removeNetwork = () => run("docker", ["network", "rm", networkName(network.scope)]);

  const wireOf = ({ id }: ContainerSnapshot): string => `hb${id.slice(0, 12)}`;

  it("finishes what a crash left between the start of a sandbox and its connection", async () => {
    const other = await network.sandbox();
    await network.start(other, answering);
    const id = await network.createSandbox();
    await run("docker", ["start", id]);
    await network.open("direct");
    const found = await network.inspect(id);
    const pod = await network.runtime.start(id, signal);

    expect(found).to.include({ phase: "created", ip: "" });
    expect(pod?.phase).to.equal("running");
    if (pod !== undefined) expect(await network.output(pod, asking(other.ip))).to.equal("hello\n");
  });

  it("finishes a connection that was left half made", async () => {
    const pod = await network.sandbox();
    await run("ip", ["link", "set", wireOf(pod), "down"]);
    const found = await network.inspect(pod.id);
    const again = await network.runtime.start(pod.id, signal);

    expect(found?.phase).to.equal("created");
    expect(again).to.include({ phase: "running", ip: pod.ip });
    await network.output(pod, pingingGateway);
  });

  it("counts a sandbox that was restarted by hand as not connected", async () => {
    const pod = await network.sandbox();
    await run("docker", ["restart", "-t", "0", pod.id]);

    expect((await network.inspect(pod.id))?.phase).to.equal("created");
    expect(await network.runtime.start(pod.id, signal)).to.include({ phase: "running", ip: pod.ip });
  });

  it("plugs its pods in again when somebody removes the network under them", async () => {
    const [server, client] = [await network.sandbox(), await network.sandbox()];
    await network.start(server, answering);
    const stop = new AbortController();
    await new Promise<void>((subscribed) => {
      const events = network.runtime.events(network.scope, subscribed, stop.signal)[Symbol.asyncIterator]();
      events.next().catch((_stopped: unknown) => undefined);
    });
    try {
      await removeNetwork();
      await eventually(async () => {
        const masters = [server, client].map((pod) => readlink(`/sys/class/net/${wireOf(pod)}/master`));
        expect((await Promise.all(masters)).every((master) => master.endsWith(`/${bridgeName(network.scope)}`))).to.equal(true);
      });
    } finally {
      stop.abort();
    }

    expect(await network.output(client, asking(server.ip))).to.equal("hello\n");
  });

  it("makes the network anew when it was removed while nothing ran", async () => {
    await removeNetwork();
    const pod = await network.sandbox();

    expect(pod.phase).to.equal("running");
    await network.output(pod, pingingGateway);
  });

  describe("whose subnet was given", () => {
    const third = Math.floor(Math.random() * 254);
    const [subnet, another] = [`10.239.${third}.0/24`, `10.239.${third + 1}.0/24`];

    beforeEach(async () => {
      await removeNetwork();
      await network.open("direct", subnet);
    });

    it("has its pods plugged in again when it was removed while no agent ran", async () => {
      const [server, client] = [await network.sandbox(), await network.sandbox()];
      await network.start(server, answering);
      await removeNetwork();
      await network.open("direct", subnet);

      expect(await network.inspect(server.id)).to.include({ phase: "running", ip: server.ip });
      expect(await network.output(client, asking(server.ip))).to.equal("hello\n");
    });

    it("counts pods with addresses of another subnet as dead", async () => {
      const pod = await network.sandbox();
      await removeNetwork();
      await network.open("direct", another);

      expect(await network.inspect(pod.id)).to.include({ phase: "exited", ip: "" });
      expect((await network.sandbox()).ip).to.contain(`10.239.${third + 1}.`);
    });
  });

  it("leaves a network that was made for Docker's use to Docker while pods are in it, and says so", async () => {
    await removeNetwork();
    await network.open("docker");
    const before = await network.sandbox();
    const lines: string[] = [];
    const note = (message: string, fields: LogFields = {}): number => lines.push(`${message}: ${fields.reason}`);
    await network.open(undefined, "", { ...createLog("test", "silent"), info: note });

    expect(lines).to.have.length(1);
    expect(lines[0]).to.match(/^pods are connected by Docker.*: the network .* is in use$/);
    expect(await network.inspect(before.id)).to.include({ phase: "running", ip: before.ip });
    const refusal = await network.open("direct").catch((error: unknown) => error);
    expect(refusal).to.be.an("error").with.property("message").that.contains("pods cannot be connected directly");
  });

  it("leaves pods that were connected directly alone when Docker connects the next", async () => {
    const before = await network.sandbox();
    await network.open("docker");
    const next = await network.sandbox();

    expect(await network.inspect(before.id)).to.include({ phase: "running", ip: before.ip });
    expect(next.ip)
      .to.match(/^\d+\./)
      .and.not.equal(before.ip);
  });
});
