import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, readlink, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { createLog, type LogFields } from "../../../src/base/log.js";
import { removeCluster } from "../../../src/howbelet/runtime/docker/cleanup.js";
import { createDockerRuntime } from "../../../src/howbelet/runtime/docker/docker-runtime.js";
import { type PodNetworkChoice, podNetworkChoices } from "../../../src/howbelet/runtime/docker/network/choose-network.js";
import { bridgeName, networkName } from "../../../src/howbelet/runtime/docker/network/ensure-network.js";
import type { ContainerSnapshot, Runtime, RuntimeScope, SandboxConfig } from "../../../src/howbelet/runtime/interface.js";
import { freePort } from "../../e2e/harness/cluster.js";
import { eventually } from "../../eventually.js";
import { skipBecause } from "../../skip.js";
import { ensureBusyboxImage, whyNoDocker } from "./busybox-image.js";

const run = promisify(execFile);
const signal = new AbortController().signal;
const log = createLog("test", "silent");

/** Answers every caller on a port, for ever. */
const answering = ["sh", "-c", "while :; do echo hello | nc -l -p 8080; done"];
/** Ends with 0 once a program says hello at an address, however long it takes to come up. */
const asking = (address: string): string[] => ["sh", "-c", `until nc -w 1 ${address} 8080 </dev/null | grep hello; do :; done`];

const obstacle = await whyNoDocker();

for (const choice of podNetworkChoices) podNetworkConformance(choice);

/** What pods may expect of their network, whoever connects them. */
function podNetworkConformance(choice: PodNetworkChoice): void {
  describe(`the pod network, ${choice}`, function () {
    this.timeout(90_000);
    const scope: RuntimeScope = { clusterUid: randomUUID(), nodeName: "network-test" };
    let runtime: Runtime;
    let image: string;
    let directory: string;

    before(async function () {
      if (obstacle !== undefined) skipBecause(this, obstacle);
      image = await ensureBusyboxImage();
      directory = await mkdtemp(join(tmpdir(), "howbelet-"));
    });

    beforeEach(async () => {
      runtime = open();
      await runtime.prepare(scope, "", signal);
    });

    afterEach(async () => {
      runtime.close();
      await removeCluster(scope.clusterUid);
    });

    after(async () => {
      if (directory !== undefined) await rm(directory, { recursive: true });
    });

    const open = (): Runtime => createDockerRuntime({ podNetwork: choice, directory, log });

    const identity = (podUid: string, container: string) =>
      ({ podUid, podNamespace: "default", podName: "web", container, specHash: "1", attempt: 0 }) as const;

    const sandboxConfig = (podUid: string, overrides: Partial<SandboxConfig> = {}): SandboxConfig => ({
      identity: { ...identity(podUid, "POD"), kind: "sandbox" },
      hostname: "web-0",
      hostNetwork: false,
      ports: [],
      dns: { servers: [], searches: [], options: [] },
      extraHosts: [],
      ...overrides,
    });

    async function sandbox(overrides: Partial<SandboxConfig> = {}): Promise<ContainerSnapshot> {
      const id = await runtime.createSandbox(scope, sandboxConfig(randomUUID(), overrides), signal);
      const snapshot = await runtime.start(id, signal);
      if (snapshot === undefined) throw new Error("the sandbox is gone");
      return snapshot;
    }

    async function start({ id: sandboxId, identity: { podUid } }: ContainerSnapshot, command: readonly string[]): Promise<string> {
      const id = await runtime.createContainer(
        scope,
        {
          identity: { ...identity(podUid, `c-${randomUUID()}`), kind: "app" },
          image,
          command,
          args: [],
          env: [],
          workingDir: "",
          sandboxId,
          stdin: false,
          stdinOnce: false,
          tty: false,
          cpuLimitMilli: undefined,
          cpuRequestMilli: undefined,
          memoryLimitBytes: undefined,
        },
        signal,
      );
      await runtime.start(id, signal);
      return id;
    }

    /** Runs a command in the pod to its end, which must be a good one, and returns its output. */
    async function output(pod: ContainerSnapshot, command: readonly string[]): Promise<string> {
      const id = await start(pod, command);
      const pieces: Buffer[] = [];
      const all = { follow: true, timestamps: false, tailLines: undefined, sinceSeconds: undefined, stdout: true, stderr: true };
      for await (const piece of runtime.logs(id, all, signal)) pieces.push(piece);
      const text = Buffer.concat(pieces).toString();
      await eventually(async () => expect((await runtime.inspect(id, signal))?.phase).to.equal("exited"));
      expect((await runtime.inspect(id, signal))?.exitCode, text).to.equal(0);
      return text;
    }

    it("lets pods reach each other by address", async () => {
      const [server, client] = [await sandbox(), await sandbox()];
      await start(server, answering);

      expect(server.ip).to.not.equal(client.ip);
      expect(await output(client, asking(server.ip))).to.equal("hello\n");
    });

    it("shows a pod its own address, one gateway that answers, and nothing of IPv6", async () => {
      const pod = await sandbox();

      expect(await output(pod, ["ip", "-4", "addr", "show", "eth0"])).to.contain(`inet ${pod.ip}/`);
      expect(await output(pod, ["sh", "-c", "cat /proc/net/if_inet6 2>/dev/null | grep eth0 || true"])).to.equal("");
      await output(pod, ["sh", "-c", "ping -c 1 -W 10 $(ip route | sed -n 's/^default via \\([0-9.]*\\).*/\\1/p')"]);
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
        const pod = await sandbox();

        // There is no route back to the pod: an answer shows that the question came from the machine.
        await output(pod, ["ping", "-c", "1", "-W", "10", "198.51.100.2"]);
      } finally {
        await run("ip", ["netns", "delete", outside]);
      }
    });

    it("gives a pod its name, its hosts and its name servers", async () => {
      const dns = { servers: ["192.0.2.53"], searches: ["a.example"], options: ["ndots:2"] };
      const pod = await sandbox({ dns, extraHosts: [{ hostname: "db", ip: "192.0.2.7" }] });
      const hosts = await output(pod, ["cat", "/etc/hosts"]);
      const resolvConf = await output(pod, ["cat", "/etc/resolv.conf"]);

      expect(await output(pod, ["hostname"])).to.equal("web-0\n");
      expect(await output(pod, ["cat", "/etc/hostname"])).to.equal("web-0\n");
      expect(hosts).to.match(/^127\.0\.0\.1\s+localhost/m);
      expect(hosts).to.match(new RegExp(`^${pod.ip.replaceAll(".", "\\.")}\\s+web-0$`, "m"));
      expect(hosts).to.match(/^192\.0\.2\.7\s+db$/m);
      expect(resolvConf).to.contain("search a.example").and.to.contain("ndots:2");
    });

    it("gives a pod that says nothing of DNS a name server", async () => {
      expect(await output(await sandbox(), ["cat", "/etc/resolv.conf"])).to.match(/^nameserver \d/m);
    });

    it("lets programs that are not root listen on ports below 1024", async () => {
      expect(await output(await sandbox(), ["cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start"])).to.equal("0\n");
    });

    it("publishes a host port, and connects that pod with the others", async () => {
      const port = await freePort();
      const server = await sandbox({ ports: [{ containerPort: 8080, hostPort: port, hostIP: "127.0.0.1", protocol: "tcp" }] });
      await start(server, answering);
      const client = await sandbox();

      expect(await output(client, asking(server.ip))).to.equal("hello\n");
      await eventually(async () => expect(await said(port)).to.equal("hello\n"));
    });

    it("gives no address twice, across a restart of the agent too", async () => {
      const first = await sandbox();
      runtime.close();
      runtime = open();
      await runtime.prepare(scope, "", signal);
      const others = [await sandbox(), await sandbox()];

      expect((await runtime.inspect(first.id, signal))?.ip).to.equal(first.ip);
      expect(new Set([first, ...others].map(({ ip }) => ip)).size).to.equal(3);
    });

    it("leaves no interface behind", async () => {
      await sandbox();
      await removeCluster(scope.clusterUid);

      await eventually(async () => expect(await connectedTo(bridgeName(scope))).to.deep.equal([]));
      expect(await readdir("/sys/class/net")).to.not.include(bridgeName(scope));
    });

    if (choice !== "direct") return;

    const wireOf = ({ id }: ContainerSnapshot): string => `hb${id.slice(0, 12)}`;

    it("finishes what a crash left between the start of a sandbox and its connection", async () => {
      const other = await sandbox();
      await start(other, answering);
      const id = await runtime.createSandbox(scope, sandboxConfig(randomUUID()), signal);
      await run("docker", ["start", id]);
      runtime.close();
      runtime = open();
      await runtime.prepare(scope, "", signal);
      const found = await runtime.inspect(id, signal);
      const pod = await runtime.start(id, signal);

      expect(found).to.include({ phase: "created", ip: "" });
      expect(pod?.phase).to.equal("running");
      if (pod !== undefined) expect(await output(pod, asking(other.ip))).to.equal("hello\n");
    });

    it("finishes a connection that was left half made", async () => {
      const pod = await sandbox();
      await run("ip", ["link", "set", wireOf(pod), "down"]);
      const found = await runtime.inspect(pod.id, signal);
      const again = await runtime.start(pod.id, signal);

      expect(found?.phase).to.equal("created");
      expect(again).to.include({ phase: "running", ip: pod.ip });
      await output(pod, ["sh", "-c", "ping -c 1 -W 10 $(ip route | sed -n 's/^default via \\([0-9.]*\\).*/\\1/p')"]);
    });

    it("counts a sandbox that was restarted by hand as not connected", async () => {
      const pod = await sandbox();
      await run("docker", ["restart", "-t", "0", pod.id]);

      expect((await runtime.inspect(pod.id, signal))?.phase).to.equal("created");
      expect(await runtime.start(pod.id, signal)).to.include({ phase: "running", ip: pod.ip });
    });

    it("plugs its pods in again when somebody removes the network under them", async () => {
      const [server, client] = [await sandbox(), await sandbox()];
      await start(server, answering);
      const stop = new AbortController();
      await new Promise<void>((subscribed) => {
        const events = runtime.events(scope, subscribed, stop.signal)[Symbol.asyncIterator]();
        events.next().catch((_stopped: unknown) => undefined);
      });
      try {
        await run("docker", ["network", "rm", networkName(scope)]);
        await eventually(async () => {
          const masters = [server, client].map((pod) => readlink(`/sys/class/net/${wireOf(pod)}/master`));
          expect((await Promise.all(masters)).every((master) => master.endsWith(`/${bridgeName(scope)}`))).to.equal(true);
        });
      } finally {
        stop.abort();
      }

      expect(await output(client, asking(server.ip))).to.equal("hello\n");
    });

    it("makes the network anew when it was removed while nothing ran", async () => {
      await run("docker", ["network", "rm", networkName(scope)]);
      const pod = await sandbox();

      expect(pod.phase).to.equal("running");
      await output(pod, ["sh", "-c", "ping -c 1 -W 10 $(ip route | sed -n 's/^default via \\([0-9.]*\\).*/\\1/p')"]);
    });

    describe("whose subnet was given", () => {
      const third = Math.floor(Math.random() * 254);
      const [subnet, another] = [`10.239.${third}.0/24`, `10.239.${third + 1}.0/24`];

      beforeEach(async () => {
        await run("docker", ["network", "rm", networkName(scope)]);
        runtime.close();
        runtime = open();
        await runtime.prepare(scope, subnet, signal);
      });

      it("has its pods plugged in again when it was removed while no agent ran", async () => {
        const [server, client] = [await sandbox(), await sandbox()];
        await start(server, answering);
        runtime.close();
        await run("docker", ["network", "rm", networkName(scope)]);
        runtime = open();
        await runtime.prepare(scope, subnet, signal);

        expect(await runtime.inspect(server.id, signal)).to.include({ phase: "running", ip: server.ip });
        expect(await output(client, asking(server.ip))).to.equal("hello\n");
      });

      it("counts pods with addresses of another subnet as dead", async () => {
        const pod = await sandbox();
        runtime.close();
        await run("docker", ["network", "rm", networkName(scope)]);
        runtime = open();
        await runtime.prepare(scope, another, signal);

        expect(await runtime.inspect(pod.id, signal)).to.include({ phase: "exited", ip: "" });
        expect((await sandbox()).ip).to.contain(`10.239.${third + 1}.`);
      });
    });

    it("leaves a network that was made for Docker's use to Docker while pods are in it, and says so", async () => {
      await run("docker", ["network", "rm", networkName(scope)]);
      runtime.close();
      runtime = createDockerRuntime({ podNetwork: "docker", directory, log });
      await runtime.prepare(scope, "", signal);
      const before = await sandbox();
      runtime.close();
      const lines: string[] = [];
      const note = (message: string, fields: LogFields = {}): number => lines.push(`${message}: ${fields.reason}`);
      runtime = createDockerRuntime({ directory, log: { ...log, info: note } });
      await runtime.prepare(scope, "", signal);

      expect(lines).to.have.length(1);
      expect(lines[0]).to.match(/^pods are connected by Docker.*: the network .* is in use$/);
      expect(await runtime.inspect(before.id, signal)).to.include({ phase: "running", ip: before.ip });
      const refusal = await open()
        .prepare(scope, "", signal)
        .catch((error: unknown) => error);
      expect(refusal).to.be.an("error").with.property("message").that.contains("pods cannot be connected directly");
    });

    it("leaves pods that were connected directly alone when Docker connects the next", async () => {
      const before = await sandbox();
      runtime.close();
      runtime = createDockerRuntime({ podNetwork: "docker", directory, log });
      await runtime.prepare(scope, "", signal);
      const next = await sandbox();

      expect(await runtime.inspect(before.id, signal)).to.include({ phase: "running", ip: before.ip });
      expect(next.ip)
        .to.match(/^\d+\./)
        .and.not.equal(before.ip);
    });
  });
}

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
