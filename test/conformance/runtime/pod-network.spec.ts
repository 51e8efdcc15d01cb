import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdir, readlink } from "node:fs/promises";
import { connect } from "node:net";
import { promisify } from "node:util";
import { expect } from "chai";
import { podNetworkChoices } from "../../../src/howbelet/runtime/docker/network/choose-network.js";
import { bridgeName } from "../../../src/howbelet/runtime/docker/network/ensure-network.js";
import { freePort } from "../../e2e/harness/cluster.js";
import { eventually } from "../../eventually.js";
import { skipBecause } from "../../skip.js";
import { answering, asking, PodNetworkUnderTest, pingingGateway, whyNoPodNetwork } from "./pod-network-harness.js";

const run = promisify(execFile);

for (const choice of podNetworkChoices)
  describe(`the pod network, ${choice}`, function () {
    this.timeout(90_000);
    let network: PodNetworkUnderTest;

    before(async function () {
      const obstacle = await whyNoPodNetwork(choice);
      if (obstacle !== undefined) skipBecause(this, obstacle);
      network = await PodNetworkUnderTest.create();
    });

    beforeEach(() => network.open(choice));

    afterEach(() => network.clear());

    after(() => network?.destroy());

    it("lets pods reach each other by address", async () => {
      const [server, client] = [await network.sandbox(), await network.sandbox()];
      await network.start(server, answering);

      expect(server.ip).to.not.equal(client.ip);
      expect(await network.output(client, asking(server.ip))).to.equal("hello\n");
    });

    it("shows a pod its own address, one gateway that answers, and nothing of IPv6", async () => {
      const pod = await network.sandbox();

      expect(await network.output(pod, ["ip", "-4", "addr", "show", "eth0"])).to.contain(`inet ${pod.ip}/`);
      expect(await network.output(pod, ["sh", "-c", "cat /proc/net/if_inet6 2>/dev/null | grep eth0 || true"])).to.equal("");
      await network.output(pod, pingingGateway);
    });

    it("lets a pod reach what is outside, which sees the machine's address", async function () {
      if (process.getuid?.() !== 0) skipBecause(this, "making a network outside needs root");
      const outside = `howbe-${randomUUID().slice(0, 8)}`;
      await run("ip", ["netns", "add", outside]);
      try {
        await run("ip", ["link", "add", outside, "type", "veth", "peer", "name", "eth0", "netns", outside]);
        await run("ip", ["addr", "add", "198.51.100.1/30", "dev", outside]);
        await run("ip", ["link", "set", outside, "up"]);
        await run("ip", ["-n", outside, "addr", "add", "198.51.100.2/30", "dev", "eth0"]);
        await run("ip", ["-n", outside, "link", "set", "eth0", "up"]);
        const pod = await network.sandbox();

        // There is no route back to the pod: an answer shows that the question came from the machine.
        await network.output(pod, ["ping", "-c", "1", "-W", "10", "198.51.100.2"]);
      } finally {
        await run("ip", ["netns", "delete", outside]);
      }
    });

    it("gives a pod its name, its hosts and its name servers", async () => {
      const dns = { extendsMachine: false, servers: ["192.0.2.53"], searches: ["a.example"], options: ["ndots:2"] };
      const pod = await network.sandbox({ dns, extraHosts: [{ hostname: "db", ip: "192.0.2.7" }] });
      const hosts = await network.output(pod, ["cat", "/etc/hosts"]);
      const resolvConf = await network.output(pod, ["cat", "/etc/resolv.conf"]);

      expect(await network.output(pod, ["hostname"])).to.equal("web-0\n");
      expect(await network.output(pod, ["cat", "/etc/hostname"])).to.equal("web-0\n");
      expect(hosts).to.match(/^127\.0\.0\.1\s+localhost/m);
      expect(hosts).to.match(new RegExp(`^${pod.ip.replaceAll(".", "\\.")}\\s+web-0$`, "m"));
      expect(hosts).to.match(/^192\.0\.2\.7\s+db$/m);
      expect(resolvConf).to.contain("search a.example").and.to.contain("ndots:2");
    });

    it("tells a pod its full name", async () => {
      const pod = await network.sandbox({ domainName: "db.default.svc.cluster.local" });
      const hosts = await network.output(pod, ["cat", "/etc/hosts"]);

      expect(hosts).to.match(/\sweb-0\.db\.default\.svc\.cluster\.local\s+web-0$/m);
      expect(await network.output(pod, ["hostname"])).to.equal("web-0\n");
    });

    it("gives a pod that says nothing of DNS a name server", async () => {
      expect(await network.output(await network.sandbox(), ["cat", "/etc/resolv.conf"])).to.match(/^nameserver \d/m);
    });

    it("lets programs that are not root listen on ports below 1024", async () => {
      expect(await network.output(await network.sandbox(), ["cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start"])).to.equal("0\n");
    });

    it("publishes a host port, and connects that pod with the others", async () => {
      const port = await freePort();
      const server = await network.sandbox({ ports: [{ containerPort: 8080, hostPort: port, hostIP: "127.0.0.1", protocol: "tcp" }] });
      await network.start(server, answering);
      const client = await network.sandbox();

      expect(await network.output(client, asking(server.ip))).to.equal("hello\n");
      await eventually(async () => expect(await said(port)).to.equal("hello\n"));
    });

    it("gives no address twice, across a restart of the agent too", async () => {
      const first = await network.sandbox();
      await network.open(choice);
      const others = [await network.sandbox(), await network.sandbox()];

      expect((await network.inspect(first.id))?.ip).to.equal(first.ip);
      expect(new Set([first, ...others].map(({ ip }) => ip)).size).to.equal(3);
    });

    it("leaves no interface behind", async () => {
      await network.sandbox();
      await network.clear();

      await eventually(async () => expect(await connectedTo(bridgeName(network.scope))).to.deep.equal([]));
      expect(await readdir("/sys/class/net")).to.not.include(bridgeName(network.scope));
    });
  });

async function connectedTo(bridge: string): Promise<string[]> {
  const all = await readdir("/sys/class/net");
  const masters = await Promise.all(all.map((name) => readlink(`/sys/class/net/${name}/master`).catch((_none: unknown) => "")));
  return all.filter((_name, index) => masters[index]?.endsWith(`/${bridge}`));
}

/** What a program on a port of this machine says. */
async function said(port: number): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of connect(port, "127.0.0.1")) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}
