import { expect } from "chai";
import { deploymentKind } from "../../../src/api/kinds/deployment/kind.js";
import { flightRecordKind } from "../../../src/api/kinds/flightrecord/kind.js";
import { podKind } from "../../../src/api/kinds/pod/kind.js";
import type { Whole } from "../../../src/api/object.js";
import type { FlightRecord } from "../../../src/gen/howbernetes/flight/v1/flight_record.js";
import { skipBecause } from "../../skip.js";
import { DockerCluster, whyNoDockerCluster } from "./docker-cluster.js";

const obstacle = await whyNoDockerCluster();

describe("flight records", function () {
  this.timeout(120_000);
  let docker: DockerCluster;
  let ns: string;

  before(async function () {
    if (obstacle !== undefined) skipBecause(this, obstacle);
    docker = await DockerCluster.start();
  });
  after(() => docker?.stop());
  beforeEach(async () => {
    ns = await docker.namespace("flights");
  });

  /** Waits until there are so many. */
  function records(count: number): Promise<readonly Whole<FlightRecord>[]> {
    return docker.cluster.untilAll(flightRecordKind, ns, (all) => all.length >= count, {
      what: `${count} flight records`,
      timeoutMs: 60_000,
    });
  }

  function create(name: string, script: string, more = "", spec = "restartPolicy: Never"): Promise<unknown> {
    const command = `[sh, -c, ${JSON.stringify(script)}]`;
    return docker.create(
      podKind,
      ns,
      `
metadata: { name: ${name} }
spec:
  terminationGracePeriodSeconds: 0
  ${spec}
  containers: [{ name: main, image: ${docker.image}, command: ${command}${more} }]
`,
    );
  }

  it("keep how a container ended and its last lines, after its pod is gone", async () => {
    await create("web", "for i in $(seq 60); do echo line $i; done; exit 3");
    await records(1);
    await docker.cluster.client.of(podKind).delete({ namespace: ns, name: "web" });
    await docker.cluster.untilAll(podKind, ns, (pods) => pods.length === 0, { what: "the pod's end", timeoutMs: 60_000 });

    const [record] = await records(1);
    expect(record?.pod).to.include({ kind: "Pod", name: "web", namespace: ns });
    expect(record?.nodeName).to.equal("docker-1");
    const { container, restartCount, end, oomKilled, log = [], lastEvents = [] } = record?.flight ?? {};
    expect({ container, restartCount, oomKilled }).to.deep.equal({ container: "main", restartCount: 0, oomKilled: false });
    expect(end).to.include({ exitCode: 3, reason: "Error" });
    expect(log).to.deep.equal(Array.from({ length: 50 }, (_, index) => `line ${index + 11}`));
    expect(lastEvents.map(({ reason }) => reason)).to.include("Started");
  });

  it("say of a container that it was killed for want of memory", async () => {
    // Docker cannot tell of a kill that comes before it has begun to watch for one, right after the start.
    await create("greedy", "sleep 1; echo growing; exec tail /dev/zero", ", resources: { limits: { memory: 16Mi } }");
    // It may also tell of it after the end.
    const isTold = (all: readonly Whole<FlightRecord>[]): boolean => all[0]?.flight?.oomKilled === true;
    const [record] = await docker.cluster.untilAll(flightRecordKind, ns, isTold, { what: "its death", timeoutMs: 60_000 });
    expect(record?.flight?.end).to.include({ exitCode: 137, signal: 9, reason: "OOMKilled" });
    expect(record?.flight?.log).to.deep.equal(["growing"]);
  });

  it("keep the last deaths of a container that is restarted, with what its probes said", async () => {
    const probe = `, livenessProbe: { exec: { command: [sh, -c, "echo unwell; false"] }, periodSeconds: 1, failureThreshold: 1 }`;
    await create("stuck", "echo up; sleep 1000", probe, "restartPolicy: Always");
    const [first, second] = (await records(2)).toSorted((a, b) => (a.flight?.restartCount ?? 0) - (b.flight?.restartCount ?? 0));
    expect([first?.flight?.restartCount, second?.flight?.restartCount]).to.deep.equal([0, 1]);
    expect(first?.flight?.end).to.include({ exitCode: 137, signal: 9 });
    expect(first?.flight?.lastProbes[0]).to.include({ probe: "liveness", outcome: "failure", message: "unwell\n" });
    expect(first?.flight?.lastEvents.map(({ reason }) => reason))
      .to.include("Unhealthy")
      .and.include("Killing");
    expect(first?.flight?.log).to.deep.equal(["up"]);
  });

  it("name a pod's ReplicaSet and its Deployment", async () => {
    await docker.create(
      deploymentKind,
      ns,
      `
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      terminationGracePeriodSeconds: 0
      containers: [{ name: main, image: ${docker.image}, command: ["false"] }]
`,
    );
    const [record] = await records(1);
    expect(record?.controllers.map(({ kind }) => kind)).to.deep.equal(["ReplicaSet", "Deployment"]);
    expect(record?.controllers[1]?.name).to.equal("web");
  });

  it("stay as they are when the node's agent is restarted, which tells of what it finds dead", async () => {
    await create("first", "exit 1");
    const [before] = await records(1);
    await docker.restartNode();
    await create("second", "exit 1");
    const after = await records(2);
    const first = after.filter(({ pod }) => pod?.name === "first");
    expect(first.map(({ metadata }) => metadata.resourceVersion)).to.deep.equal([before?.metadata.resourceVersion]);
  });

  it("tell nothing of a container that has done its work, nor of one whose pod is deleted", async () => {
    await create("done", "exit 0");
    await docker.ended(ns, "done");
    await create("deleted", "sleep 1000");
    await docker.running(ns, "deleted");
    await docker.cluster.client.of(podKind).delete({ namespace: ns, name: "deleted" });
    await docker.cluster.untilAll(podKind, ns, (pods) => pods.every(({ metadata }) => metadata.name !== "deleted"), {
      what: "the pod's end",
      timeoutMs: 60_000,
    });
    // Deaths are told in their order: had there been others, they would be here by now.
    await create("failed", "exit 1");
    expect((await records(1)).map(({ pod }) => pod?.name)).to.deep.equal(["failed"]);
  });
});
