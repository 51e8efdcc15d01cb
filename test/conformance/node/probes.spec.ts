import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../../src/api/object.js";
import { timeToMs } from "../../../src/api/values/time.js";
import type { Pod } from "../../../src/gen/howbernetes/core/v1/pod.js";
import { eventually } from "../../eventually.js";
import { HealthServer } from "../../fakes/health-server.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";

const obstacle = await whyNoDockerCluster();

const restartsOf = ({ status }: Whole<Pod>): number => status.containerStatuses[0]?.restartCount ?? 0;
const isReady = ({ status }: Whole<Pod>): boolean =>
  status.conditions.some(({ type, status: value }) => type === "Ready" && value === "True");

describe("probes", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let ns: string;
  /** Answers probes that name this machine as their host. */
  let server: Server;
  let port: number;
  let asked: number;
  let answer: number;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start();
  });
  after(() => docker?.stop());
  beforeEach(async () => {
    ns = await docker.namespace("probes");
    asked = 0;
    answer = 200;
    server = createServer((_request, response) => {
      asked += 1;
      response.writeHead(answer).end();
    });
    port = await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  /** A pod of one container that runs this script and has these probes; it ends at once when it is told to. */
  function create(name: string, script: string, probes: string, spec = ""): Promise<Whole<Pod>> {
    return docker.create(
      podKind,
      ns,
      `
metadata: { name: ${name} }
spec:
  terminationGracePeriodSeconds: 0
  ${spec}
  containers:
    - name: main
      image: ${docker.image}
      command: [sh, -c, ${JSON.stringify(script)}]
      ${probes}
`,
    );
  }
  const restarted = (name: string, times = 1): Promise<Whole<Pod>> =>
    docker.until(ns, name, `restart ${times}`, (pod) => restartsOf(pod) >= times);
  const get = (name: string): Promise<Whole<Pod>> => docker.cluster.client.of(podKind).get({ namespace: ns, name });

  const serve = "mkdir /www; echo ok >/www/healthz; httpd -p 8080 -h /www;";

  it("restart a container whose command finds it unwell, and say so", async () => {
    const script = "touch /tmp/health; sleep 1; rm /tmp/health; sleep 1000";
    await create("exec", script, `livenessProbe: { exec: { command: [cat, /tmp/health] }, periodSeconds: 1, failureThreshold: 1 }`);
    await restarted("exec");
    const event = await docker.untilEvent(ns, "exec", "the failure", ({ reason }) => reason === "Unhealthy");
    expect(event.message).to.match(/^Liveness probe failed: .*\/tmp\/health.*No such file/);
    await docker.untilEvent(ns, "exec", "the end", ({ message }) => message === "Container main failed liveness probe, will be restarted");
  });

  it("restart a container whose server finds it unwell", async () => {
    const script = `${serve} sleep 1; rm /www/healthz; sleep 1000`;
    await create(
      "http",
      script,
      `livenessProbe: { httpGet: { path: /healthz, port: 8080 }, periodSeconds: 1, failureThreshold: 1, initialDelaySeconds: 1 }`,
    );
    await restarted("http");
    const event = await docker.untilEvent(
      ns,
      "http",
      "the failure",
      ({ message }) => message === "Liveness probe failed: HTTP probe failed with statuscode: 404",
    );
    expect(event.involvedObject?.fieldPath).to.equal("spec.containers{main}");
  });

  it("leave a container alone whose command finds it well", async () => {
    const command = '[sh, -c, "echo asked >/proc/1/fd/1; cat /etc/hosts"]';
    await create("fine", "sleep 1000", `livenessProbe: { exec: { command: ${command} }, periodSeconds: 1, failureThreshold: 1 }`);
    await docker.ready(ns, "fine");
    await eventually(async () => expect((await docker.logs(ns, "fine")).split("asked").length).to.be.greaterThan(2), 20_000);
    expect(restartsOf(await get("fine"))).to.equal(0);
  });

  it("leave a container alone whose server finds it well", async () => {
    await create(
      "fine",
      "sleep 1000",
      `livenessProbe: { httpGet: { host: 127.0.0.1, port: ${port} }, periodSeconds: 1, failureThreshold: 1 }`,
    );
    await eventually(() => expect(asked).to.be.at.least(2), 20_000);
    expect(restartsOf(await get("fine"))).to.equal(0);
  });

  it("leave a container alone to whose port connections open", async () => {
    const probe = (field: string): string =>
      `${field}: { tcpSocket: { port: web }, initialDelaySeconds: 1, periodSeconds: 1, failureThreshold: 1, successThreshold: ${field === "readinessProbe" ? 2 : 1} }`;
    const probes = `ports: [{ name: web, containerPort: 8080 }]\n      ${probe("livenessProbe")}\n      ${probe("readinessProbe")}`;
    await create("tcp", `${serve} sleep 1000`, probes);
    // Two connections have opened by then.
    expect(restartsOf(await docker.ready(ns, "tcp"))).to.equal(0);
  });

  it("fail a command that takes too long, and leave nothing of it running", async () => {
    const probe = 'readinessProbe: { exec: { command: [sleep, "77777"] }, periodSeconds: 1, timeoutSeconds: 1, failureThreshold: 1 }';
    // The last digit stands in brackets so that the script does not find itself.
    const script = "while sleep 0.2; do cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -o 'sleep 7777[7]' | wc -l; done";
    await create("hangs", script, probe);
    const says = 'Readiness probe failed: command timed out: "sleep 77777" timed out after 1s';
    await docker.untilEvent(ns, "hangs", "two failures", ({ message, count = 0 }) => message === says && count >= 2);
    const counts = (await docker.logs(ns, "hangs")).trim().split("\n").map(Number);
    expect(Math.max(...counts)).to.equal(1);
  });

  it("count each restart of a container that is never well", async () => {
    const counts: number[] = [];
    await create("never", "sleep 1000", `livenessProbe: { exec: { command: ["false"] }, periodSeconds: 1, failureThreshold: 1 }`);
    await docker.until(ns, "never", "its third restart", (pod) => {
      counts.push(restartsOf(pod));
      return restartsOf(pod) >= 3;
    });
    expect(counts).to.deep.equal([...counts].sort((a, b) => a - b));
    expect(new Set(counts)).to.include(1).and.include(2);
  });

  it("do not find a container ready before the initial delay", async () => {
    await create(
      "delayed",
      "sleep 1000",
      `readinessProbe: { httpGet: { host: 127.0.0.1, port: ${port} }, initialDelaySeconds: 2, periodSeconds: 1 }`,
    );
    const { status } = await docker.ready(ns, "delayed");
    const readyAtMs = timeToMs(status.conditions.find(({ type }) => type === "Ready")?.lastTransitionTime) ?? 0;
    const startedAtMs = timeToMs(status.containerStatuses[0]?.state?.running?.startedAt) ?? 0;
    expect(readyAtMs - startedAtMs).to.be.at.least(2_000);
    expect(status.containerStatuses[0]?.restartCount).to.equal(0);
  });

  it("keep a container unready that fails them, and do not restart it", async () => {
    await create("unready", "sleep 1000", `readinessProbe: { exec: { command: ["false"] }, periodSeconds: 1, failureThreshold: 1 }`);
    await docker.untilEvent(ns, "unready", "two failures", ({ reason, count = 0 }) => reason === "Unhealthy" && count >= 2);
    const pod = await get("unready");
    expect({ isReady: isReady(pod), restarts: restartsOf(pod), phase: pod.status.phase }).to.deep.equal({
      isReady: false,
      restarts: 0,
      phase: "Running",
    });
  });

  it("follow a container's readiness to and fro", async () => {
    await create(
      "fickle",
      "sleep 1000",
      `readinessProbe: { httpGet: { host: 127.0.0.1, port: ${port} }, periodSeconds: 1, failureThreshold: 1 }`,
    );
    await docker.ready(ns, "fickle");
    answer = 503;
    const unready = await docker.until(ns, "fickle", "unreadiness", (pod) => !isReady(pod));
    expect(unready.status.conditions.find(({ type }) => type === "Ready")?.message).to.equal("containers with unready status: [main]");
    answer = 200;
    await docker.ready(ns, "fickle");
  });

  it("give a slow container the time to start, and ask nothing else meanwhile", async () => {
    answer = 503;
    const probes = `startupProbe: { httpGet: { host: 127.0.0.1, port: ${port} }, periodSeconds: 1, failureThreshold: 60 }
      livenessProbe: { exec: { command: [cat, /tmp/up] }, periodSeconds: 1, failureThreshold: 1 }`;
    await create("slow", "sleep 1; touch /tmp/up; sleep 1000", probes);
    const starting = await docker.running(ns, "slow");
    expect(starting.status.containerStatuses[0]).to.include({ started: false, ready: false });
    await eventually(() => expect(asked).to.be.at.least(3), 20_000);
    answer = 200;
    const { status } = await docker.ready(ns, "slow");
    expect(status.containerStatuses[0]).to.include({ started: true, restartCount: 0 });
  });

  it("keep what they have found when the node's agent is restarted", async () => {
    await create("kept", "sleep 1000", `readinessProbe: { httpGet: { host: 127.0.0.1, port: ${port} }, periodSeconds: 1 }`);
    await docker.ready(ns, "kept");
    const readySince = async (): Promise<number | undefined> => {
      const { status } = await get("kept");
      return timeToMs(status.conditions.find(({ type, status: value }) => type === "Ready" && value === "True")?.lastTransitionTime);
    };
    const before = await readySince();
    await docker.restartNode();
    const askedBefore = asked;
    await eventually(() => expect(asked).to.be.greaterThan(askedBefore + 1), 20_000);
    expect(before).not.to.equal(undefined);
    expect(await readySince()).to.equal(before);
  });

  describe("by gRPC", () => {
    let grpc: HealthServer;
    let grpcPort: number;

    beforeEach(async () => {
      grpc = new HealthServer();
      grpcPort = await grpc.listen("0.0.0.0");
    });
    afterEach(() => grpc.stop());

    // On the machine's network, so that the pod's address is the one at which this process serves.
    const createOnHost = (name: string): Promise<Whole<Pod>> =>
      create(
        name,
        "sleep 1000",
        `livenessProbe: { grpc: { port: ${grpcPort} }, periodSeconds: 1, failureThreshold: 1 }`,
        "hostNetwork: true",
      );

    it("leave a container alone that serves", async () => {
      await createOnHost("serving");
      await eventually(() => expect(grpc.asked).to.be.at.least(2), 20_000);
      expect(restartsOf(await get("serving"))).to.equal(0);
    });

    it("restart a container that does not", async () => {
      await createOnHost("stuck");
      await docker.ready(ns, "stuck");
      grpc.statuses.set("", "NOT_SERVING");
      await restarted("stuck");
      const says = 'Liveness probe failed: service unhealthy (responded with "NOT_SERVING")';
      await docker.untilEvent(ns, "stuck", "the failure", ({ message }) => message === says);
    });
  });
});
