import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import { eventually } from "../../eventually.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";

const obstacle = await whyNoDockerCluster();

describe("lifecycle hooks", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let ns: string;
  let server: Server;
  let asked: string[];

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start();
    server = createServer((request, response) => {
      asked.push(`${request.url} ${request.headers["x-from"] ?? ""}`);
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  after(async () => {
    server?.close();
    await docker?.stop();
  });
  beforeEach(async () => {
    ns = await docker.namespace("hooks");
    asked = [];
  });

  const port = (): number => (server.address() as AddressInfo).port;
  const httpGet = (path: string): string =>
    `{ httpGet: { host: 127.0.0.1, port: ${port()}, path: ${path}, httpHeaders: [{ name: X-From, value: hook }] } }`;
  const exec = (script: string): string => `{ exec: { command: ["sh", "-c", ${JSON.stringify(script)}] } }`;
  /** Its program ends as soon as it is told to, with the code that a hook has left. */
  const manifest = (lifecycle: string, { grace = 20, policy = "Never" } = {}): string => `
metadata: { name: p }
spec:
  restartPolicy: ${policy}
  terminationGracePeriodSeconds: ${grace}
  containers:
  - name: main
    image: "${docker.image}"
    command: ["sh", "-c", "trap 'exit $(cat /tmp/hook 2>/dev/null || echo 0)' TERM; while :; do sleep 0.05; done"]
    lifecycle: { ${lifecycle} }
`;
  /** Tells it to end; its last status is kept by a finalizer. */
  const endOf = async (yaml: string) => {
    await docker.create(podKind, ns, yaml.replace("name: p }", "name: p, finalizers: [example.com/kept] }"));
    await docker.running(ns, "p");
    return docker.lastOf(ns, "p");
  };

  it("after a start run a command in the container, which counts as running when that is done", async () => {
    await docker.create(podKind, ns, manifest(`postStart: ${exec("sleep 1; touch /tmp/started")}`, { grace: 0 }));
    const created = await docker.untilEvent(ns, "p", "Started", ({ reason }) => reason === "Started");
    const pod = await docker.running(ns, "p");

    expect(created.message).to.equal("Started container main");
    const { startedAt } = pod.status.containerStatuses[0]?.state?.running ?? {};
    const ready = pod.status.conditions.find(({ type }) => type === "ContainersReady");
    expect(ready?.lastTransitionTime?.seconds ?? 0).to.be.greaterThan(startedAt?.seconds ?? Number.NaN);
  });

  it("after a start make a request", async () => {
    await docker.create(podKind, ns, manifest(`postStart: ${httpGet("/started?a=b")}`, { grace: 0 }));
    await docker.running(ns, "p");

    expect(asked).to.deep.equal(["/started?a=b hook"]);
  });

  it("before the end run a command in the container, before it is told to end", async () => {
    const pod = await endOf(manifest(`preStop: ${exec("sleep 0.5; echo 7 > /tmp/hook")}`));

    expect(pod.status.containerStatuses[0]?.state?.terminated?.exitCode).to.equal(7);
  });

  it("before the end make a request", async () => {
    await endOf(manifest(`preStop: ${httpGet("/ending")}`));

    await eventually(() => expect(asked).to.deep.equal(["/ending hook"]));
  });

  it("may just wait", async () => {
    const pod = await endOf(manifest("preStop: { sleep: { seconds: 1 } }"));
    const { terminated } = pod.status.containerStatuses[0]?.state ?? {};

    expect(terminated?.exitCode).to.equal(0);
    const killing = await docker.untilEvent(ns, "p", "Killing", ({ reason }) => reason === "Killing");
    expect(terminated?.finishedAt?.seconds ?? 0).to.be.at.least((killing.firstTimestamp?.seconds ?? Number.NaN) + 1);
  });

  it("that take all of the grace leave the program two seconds to end", async () => {
    const pod = await endOf(manifest(`preStop: ${exec("sleep 30")}`, { grace: 1 }));

    expect(pod.status.containerStatuses[0]?.state?.terminated?.exitCode).to.equal(0);
  });

  it("that fail before the end are told of, and keep nothing from ending", async () => {
    const pod = await endOf(manifest(`preStop: ${exec("echo alas; exit 3")}`));
    const { message } = await docker.untilEvent(ns, "p", "FailedPreStopHook", ({ reason }) => reason === "FailedPreStopHook");

    expect(pod.status.phase).to.equal("Succeeded");
    expect(message).to.equal("PreStopHook failed: command 'sh -c echo alas; exit 3' exited with 3: alas");
  });

  it("that fail after a start end the container, which its policy then restarts", async () => {
    const yaml = manifest(`postStart: ${exec("exit 3")}`, { policy: "Always", grace: 1 });
    await docker.create(podKind, ns, yaml);
    const { message } = await docker.untilEvent(ns, "p", "FailedPostStartHook", ({ reason }) => reason === "FailedPostStartHook");
    const pod = await docker.until(ns, "p", "a restart", ({ status }) => (status.containerStatuses[0]?.restartCount ?? 0) > 0);

    expect(message).to.match(/^PostStartHook failed: command .* exited with 3/);
    expect(pod.status.conditions.find(({ type }) => type === "Ready")?.status).to.equal("False");
  });
});
