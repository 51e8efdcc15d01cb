import { expect } from "chai";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { podManifest, resourceCalls } from "../../../test/fakes/resource-calls.js";
import { type ResourcesInProcess, startResourcesInProcess } from "../../../test/fakes/resources-in-process.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { flightRecordKind } from "../../api/kinds/flightrecord/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import type { Whole } from "../../api/object.js";
import { ReportRequest_ContainerDeath } from "../../gen/howbernetes/api/v1/nodes.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { FlightRecord } from "../../gen/howbernetes/flight/v1/flight_record.js";
import { FlightRecords, keptPerContainer } from "./flight-records.js";

describe("FlightRecords", () => {
  const { signal } = new AbortController();
  let api: ResourcesInProcess;
  let flights: FlightRecords;
  const { create } = resourceCalls(() => api);

  beforeEach(async () => {
    api = await startResourcesInProcess();
    flights = new FlightRecords({ objects: api.objects, clock: new FakeClock() });
  });
  afterEach(() => api.stop());

  async function podOn(nodeName: string, owner?: object): Promise<Whole<Pod>> {
    await create(podKind, podManifest("p"));
    const assign = (draft: Whole<Pod>): true => {
      draft.spec.nodeName = nodeName;
      if (owner !== undefined) draft.metadata.ownerReferences = [{ ...owner, controller: true, blockOwnerDeletion: true } as never];
      return true;
    };
    return (await api.objects.mutate(podKind, { namespace: "default", name: "p" }, assign, { signal })).object;
  }

  function death({ metadata: { namespace, name, uid } }: Whole<Pod>, restartCount = 0, more: object = {}): ReportRequest_ContainerDeath {
    const flight = {
      container: "c",
      restartCount,
      end: { exitCode: 137, reason: "OOMKilled" },
      oomKilled: true,
      log: ["the end"],
      ...more,
    };
    return ReportRequest_ContainerDeath.fromPartial({ namespace, name, uid, flight });
  }

  const records = async (): Promise<readonly Whole<FlightRecord>[]> =>
    (await api.objects.list(flightRecordKind, "default", { kind: "latest" }, signal)).map(({ object }) => object);
  const restarts = async () => (await records()).map(({ flight }) => flight?.restartCount).sort();

  it("keep a death once, however often it is told", async () => {
    const pod = await podOn("n1");
    await flights.record("n1", death(pod), signal);
    await flights.record("n1", death(pod), signal);
    const [record, ...others] = await records();
    expect(others).to.deep.equal([]);
    expect(record?.metadata.name).to.match(/^p\.c\.0\.[0-9a-f]{6}$/);
    expect(record?.pod).to.include({ kind: "Pod", name: "p", uid: pod.metadata.uid });
    expect(record?.flight).to.deep.include({ container: "c", oomKilled: true, log: ["the end"] });
  });

  it("take it that memory ran out when that is heard of later, and never back", async () => {
    const pod = await podOn("n1");
    const otherwise = { end: { exitCode: 137, reason: "Error" }, oomKilled: false };
    await flights.record("n1", death(pod, 0, otherwise), signal);
    await flights.record("n1", death(pod, 0, { log: ["another"] }), signal);
    await flights.record("n1", death(pod, 0, otherwise), signal);
    const [record] = await records();
    expect(record?.flight).to.deep.include({ oomKilled: true, log: ["the end"] });
    expect(record?.flight?.end).to.include({ exitCode: 137, reason: "OOMKilled" });
  });

  it("drop what a node says of another's pod, or of an earlier one of that name", async () => {
    const told = death(await podOn("n1"));
    await flights.record("n2", told, signal);
    await flights.record("n1", { ...told, uid: "earlier" }, signal);
    expect(await records()).to.deep.equal([]);
  });

  it("drop what a node says of a container that the pod does not have", async () => {
    await flights.record("n1", death(await podOn("n1"), 0, { container: "invented" }), signal);
    expect(await records()).to.deep.equal([]);
  });

  it("name the pod's controller, and that one's", async () => {
    const selector = { matchLabels: { app: "a" } };
    const template = { metadata: { labels: { app: "a" } }, spec: { containers: [{ name: "c", image: "a" }] } };
    const deployment = await create(deploymentKind, { metadata: { name: "web" }, spec: { selector, template } });
    const ofDeployment = { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: deployment.metadata.uid, controller: true };
    const set = await create(replicaSetKind, {
      metadata: { name: "web-1", ownerReferences: [ofDeployment] },
      spec: { selector, template },
    });
    await api.caches.of(replicaSetKind).reach({ kind: "latest" }, signal);
    const pod = await podOn("n1", { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-1", uid: set.metadata.uid });
    await flights.record("n1", death(pod), signal);
    const [record] = await records();
    expect(record?.controllers.map(({ kind, name, uid }) => [kind, name, uid])).to.deep.equal([
      ["ReplicaSet", "web-1", set.metadata.uid],
      ["Deployment", "web", deployment.metadata.uid],
    ]);
  });

  it("keep the last deaths of a container that dies again and again", async () => {
    const pod = await podOn("n1");
    for (let restart = 0; restart < keptPerContainer + 3; restart++) await flights.record("n1", death(pod, restart), signal);
    expect(await restarts()).to.deep.equal(Array.from({ length: keptPerContainer }, (_, index) => index + 3));
  });

  it("cut what is too long to be read, from its beginning", async () => {
    const pod = await podOn("n1");
    const log = Array.from({ length: 60 }, (_, index) => `${index} ${"x".repeat(2_000)}`);
    await flights.record("n1", death(pod, 0, { log }), signal);
    const kept = (await records())[0]?.flight?.log ?? [];
    expect(kept.at(-1)).to.match(/^59 x{1021}$/);
    expect(kept).to.have.length(32);
  });

  it("cut whatever else a node says at length", async () => {
    const long = "x".repeat(100_000);
    const more = { image: long, imageID: long, logNote: long, end: { exitCode: 1, reason: long, message: long } };
    await flights.record("n1", death(await podOn("n1"), 0, more), signal);
    const [record] = await records();
    expect(record?.flight?.end).to.include({ exitCode: 1, message: "x".repeat(4_096) });
    expect(JSON.stringify(record).length).to.be.lessThan(10_000);
  });

  it("outlive the pod", async () => {
    const pod = await podOn("n1");
    await flights.record("n1", death(pod), signal);
    await api.objects.remove(podKind, { namespace: "default", name: "p" }, { signal });
    expect(await records()).to.have.length(1);
  });
});
