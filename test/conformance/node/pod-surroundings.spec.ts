import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { hostname } from "node:os";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../../src/api/object.js";
import { createPodStreams } from "../../../src/client/pod-streams.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { eventually } from "../../eventually.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";

const obstacle = await whyNoDockerCluster();

/** A port that nobody has at the moment. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** What a server says to whoever connects. */
async function said(host: string, port: number): Promise<string> {
  const socket = connect({ host, port, timeout: 2_000 });
  socket.end();
  return text(socket);
}

describe("the surroundings of a pod's containers", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let ns: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start();
    ns = await docker.namespace("surroundings");
  });
  after(() => docker?.stop());

  /** What a shell script writes in the only container of a pod, of which `says` is the rest of the spec. */
  const told = async (name: string, script: string, says: string, container = ""): Promise<string> => {
    const { output } = await docker.outputOf(
      ns,
      `
metadata: { name: ${name} }
spec:
  restartPolicy: Never
  terminationGracePeriodSeconds: 0
  ${says}
  containers: [{ name: main, image: ${docker.image}, command: [sh, -c, ${JSON.stringify(script)}], ${container} }]
`,
    );
    return output;
  };

  it("are told hosts by other names", async () => {
    const aliases = "hostAliases: [{ ip: 123.45.67.89, hostnames: [foo, bar] }, { ip: 'fd00::1', hostnames: [six] }]";
    const own = await told("aliases", "cat /etc/hosts", aliases);
    const nodes = await told("host-aliases", "cat /etc/hosts", `hostNetwork: true\n  ${aliases}`);

    for (const hosts of [own, nodes]) {
      expect(hosts).to.match(/^123\.45\.67\.89\s+foo$/m);
      expect(hosts).to.match(/^123\.45\.67\.89\s+bar$/m);
      expect(hosts).to.match(/^fd00::1\s+six$/m);
    }
  });

  it("have a hosts file of the pod's in the pods' network, and the node's in the node's", async () => {
    const own = await told("own-hosts", "cat /etc/hosts; hostname; hostname -i", "");
    const [file = "", name, address = ""] = /^(.*)\n(.+)\n(.+)\n$/s.exec(own)?.slice(1) ?? [];
    const node = await told("node-hosts", "hostname", "hostNetwork: true");

    expect(name).to.equal("own-hosts");
    expect(file).to.contain(`${address}\town-hosts`);
    expect(node).to.equal(`${hostname()}\n`);
  });

  it("have the pod's hosts file, whichever container it is, unless a volume is in its place or the network is the node's", async () => {
    const script = "while :; do cat /etc/hosts; printf 'th%s\\\\n' at; sleep 1000; done";
    const container = (name: string, says = ""): string =>
      `{ name: ${name}, image: ${docker.image}, command: [sh, -c, "${script}"]${says} }`;
    await docker.create(
      podKind,
      ns,
      `
metadata: { name: hosts }
spec:
  terminationGracePeriodSeconds: 0
  volumes: [{ name: nodes, hostPath: { path: /etc/hosts, type: File } }]
  containers:
    - ${container("one")}
    - ${container("two")}
    - ${container("three", ", volumeMounts: [{ name: nodes, mountPath: /etc/hosts }]")}
`,
    );
    const nodes = `
metadata: { name: hosts-of-node }
spec: { hostNetwork: true, terminationGracePeriodSeconds: 0, containers: [${container("one")}] }
`;
    await docker.create(podKind, ns, nodes);
    await Promise.all([docker.running(ns, "hosts"), docker.running(ns, "hosts-of-node")]);
    const hostsOf = (pod: string, name: string): Promise<string> => docker.untilLogged(ns, pod, name, "that");
    const managed = "# Kubernetes-managed hosts file.\n";

    const [one, two, three] = await Promise.all(["one", "two", "three"].map((name) => hostsOf("hosts", name)));

    expect(one).to.contain(managed).and.to.equal(two);
    expect(three).to.equal(`${await readFile("/etc/hosts", "utf8")}that\n`);
    expect(await hostsOf("hosts-of-node", "one")).not.to.contain(managed);
  });

  it("answer at a port of the node's, told apart by address and protocol", async () => {
    const port = await freePort();
    const pods = [
      { name: "first", hostIP: "127.0.0.1", protocol: "TCP" },
      { name: "second", hostIP: "127.0.0.2", protocol: "TCP" },
      { name: "third", hostIP: "127.0.0.2", protocol: "UDP" },
    ];
    for (const { name, hostIP, protocol } of pods) {
      const ports = `[{ containerPort: 8080, hostPort: ${port}, hostIP: ${hostIP}, protocol: ${protocol} }]`;
      await docker.create(
        podKind,
        ns,
        `
metadata: { name: ${name} }
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - { name: main, image: ${docker.image}, command: [sh, -c, "while :; do hostname | nc -l -p 8080; done"], ports: ${ports} }
`,
      );
    }
    await Promise.all(pods.map(({ name }) => docker.running(ns, name)));

    await eventually(async () => expect(await said("127.0.0.1", port)).to.equal("first\n"));
    await eventually(async () => expect(await said("127.0.0.2", port)).to.equal("second\n"));
  });

  it("wait, and say why, while somebody else has their port of the node's", async () => {
    const squatter = createServer().listen(0, "127.0.0.1");
    await once(squatter, "listening");
    const { port } = squatter.address() as AddressInfo;
    await docker.create(
      podKind,
      ns,
      `
metadata: { name: late }
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: main
      image: ${docker.image}
      command: [sleep, "1000"]
      ports: [{ containerPort: 8080, hostPort: ${port}, hostIP: 127.0.0.1 }]
`,
    );
    const isTold = ({ status }: Whole<Pod>): boolean =>
      status.containerStatuses[0]?.state?.waiting?.message?.includes("address already in use") === true;
    await docker.until(ns, "late", "the reason", isTold);
    squatter.close();

    expect((await docker.running(ns, "late")).status.podIP).to.match(/^\d/);
  });

  it("see all files of the node's where a volume is its root", async () => {
    const says = "volumes: [{ name: root, hostPath: { path: / } }]";
    const output = await told("root", "cat /host/etc/hosts", says, "volumeMounts: [{ name: root, mountPath: /host, readOnly: true }]");

    expect(output).to.equal(await readFile("/etc/hosts", "utf8"));
  });

  it("take their full name for their host name when they are told to", async () => {
    const says = "hostname: db-0\n  subdomain: db\n  setHostnameAsFQDN: true";

    expect(await told("fqdn", "hostname", says)).to.equal(`db-0.db.${ns}.svc.cluster.local\n`);
  });

  it("see another host name than their pod's where they are told one", async () => {
    expect(await told("other-name", "hostname", "hostname: db-0\n  hostnameOverride: db.example")).to.equal("db.example\n");
  });

  it("find hosts by the pod's own name servers alone when it wants no other", async () => {
    const config =
      "{ nameservers: [192.0.2.53, 192.0.2.54], searches: [a.example, b.example], options: [{ name: ndots, value: '2' }, { name: edns0 }] }";
    const text = await told("dns-none", "cat /etc/resolv.conf", `dnsPolicy: None\n  dnsConfig: ${config}`);

    expect(text).to.equal("nameserver 192.0.2.53\nnameserver 192.0.2.54\nsearch a.example b.example\noptions ndots:2 edns0\n");
  });

  it("find hosts by what the pod adds to the node's settings", async () => {
    const [plain, more] = await Promise.all([
      told("dns-default", "cat /etc/resolv.conf", "dnsPolicy: Default"),
      told("dns-more", "cat /etc/resolv.conf", "dnsConfig: { searches: [added.example], options: [{ name: ndots, value: '7' }] }"),
    ]);

    for (const [server] of plain.matchAll(/^nameserver .*$/gm)) expect(more).to.contain(server);
    expect(more)
      .to.match(/^search .*\badded\.example$/m)
      .and.to.match(/^options .*\bndots:7$/m);
  });

  it("see the node's processes and memory segments only when they are to", async () => {
    // A process of the node may end while it is being listed, of which ls complains.
    const script = "readlink /proc/self/ns/ipc; ls /proc 2>/dev/null | grep -c '^[0-9]'; cat /proc/1/comm; true";
    const [own = "", host = ""] = await Promise.all([
      told("own-namespaces", script, ""),
      told("host-namespaces", script, "hostPID: true\n  hostIPC: true"),
    ]);
    const [ownIpc, ownCount, ownFirst] = own.split("\n");
    const [hostIpc, hostCount, hostFirst] = host.split("\n");

    expect(hostIpc).not.to.equal(ownIpc);
    expect(Number(ownCount)).to.be.lessThan(10).and.lessThan(Number(hostCount));
    expect(ownFirst).to.equal("sh");
    expect(hostFirst).not.to.equal("sh");
  });

  it("see each other's processes when the pod shares them, and nothing dead remains of those", async () => {
    await docker.create(
      podKind,
      ns,
      `
metadata: { name: shared }
spec:
  shareProcessNamespace: true
  terminationGracePeriodSeconds: 0
  containers:
    - { name: other, image: ${docker.image}, command: [sleep, "4321"] }
    - name: main
      image: ${docker.image}
      # The one that sleeps outlives its parent, and is the sandbox's to be buried. What ends the output is not in the
      # command, which the output shows.
      command: [sh, -c, "sh -c 'sleep 0.1 & echo $! > /tmp/orphan'; for turn in $(seq 50); do if [ -d /proc/$(cat /tmp/orphan) ] || ! ps | grep -q '[s]leep 4321'; then sleep 0.1; fi; done; ps -o pid,stat,args; printf 'th%s\\n' at; sleep 1000"]
`,
    );
    await docker.running(ns, "shared");
    const output = await docker.untilLogged(ns, "shared", "main", "that");

    expect(output).to.match(/^\s+1\s+\S+\s+\/pause$/m);
    expect(output).to.match(/sleep 4321$/m);
    expect(output).not.to.match(/^\s+\d+\s+Z/m);
  });

  it("are as many processes, as much memory and as much CPU as they may", async () => {
    const script = "cat /proc/self/oom_score_adj; cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null";
    const limits = "resources: { requests: { cpu: 100m, memory: 32Mi }, limits: { cpu: 500m, memory: 64Mi } }";
    const [score, memory] = (await told("limited", script, "", limits)).split("\n");

    expect(Number(score)).to.be.greaterThan(2).and.lessThan(1000);
    expect(memory).to.equal(String(64 * 2 ** 20));
  });

  it("of a class of service that is guaranteed are started also by an engine that cannot spare them", async () => {
    const limits = "resources: { limits: { cpu: 100m, memory: 64Mi } }";
    const score = Number(await told("guaranteed", "cat /proc/self/oom_score_adj", "", limits));

    expect(score).to.be.oneOf([-997, 0]);
  });

  it("of no class of service are the first to go when memory is short", async () => {
    expect(await told("best-effort", "cat /proc/self/oom_score_adj", "")).to.equal("1000\n");
  });

  it("in the node's network have the node's address for their own, and are probed and reached there", async () => {
    const port = await freePort();
    await docker.create(
      podKind,
      ns,
      `
metadata: { name: host-network }
spec:
  hostNetwork: true
  dnsPolicy: ClusterFirstWithHostNet
  terminationGracePeriodSeconds: 0
  containers:
    - name: main
      image: ${docker.image}
      command: [sh, -c, "mkdir -p /www && echo here > /www/index.html && exec httpd -f -p ${port} -h /www"]
      ports: [{ name: web, containerPort: ${port} }]
      readinessProbe: { httpGet: { port: web, path: /index.html }, periodSeconds: 1 }
`,
    );
    const { status } = await docker.ready(ns, "host-network");
    const streams = createPodStreams(docker.cluster.client);
    const connection = await streams.portForward({ namespace: ns, name: "host-network" }, port, {});
    connection.end("GET /index.html HTTP/1.0\r\n\r\n");

    expect(status.podIP).to.equal(status.hostIP).and.to.match(/^\d/);
    expect(await text(connection)).to.match(/\nhere\n$/);
  });
});
