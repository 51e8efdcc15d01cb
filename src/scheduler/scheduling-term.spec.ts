import { expect } from "chai";
import { node, type PodOptions, pod } from "../../test/builders/index.js";
import { FakeApi } from "../../test/fakes/fake-api/fake-api.js";
import { settle } from "../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../test/fakes/fake-clock.js";
import { conflict, timedOut, unavailable } from "../api/errors.js";
import { eventKind } from "../api/kinds/event/kind.js";
import { nodeKind } from "../api/kinds/node/kind.js";
import { podKind } from "../api/kinds/pod/kind.js";
import { createLog } from "../base/log.js";
import { createEventRecorder } from "../client/event-recorder.js";
import { createDefaultProfile } from "./default-profile.js";
import { longestSuspensionMs } from "./queue/scheduling-queue.js";
import { SchedulingTerm } from "./scheduling-term.js";

describe("SchedulingTerm", () => {
  const log = createLog("test", "silent");
  let clock: FakeClock;
  let api: FakeApi;
  let stops: (() => Promise<void>)[];

  beforeEach(() => {
    clock = new FakeClock();
    api = new FakeApi(clock);
    stops = [];
  });
  afterEach(async () => {
    for (const stop of stops) await stop();
  });

  async function start(): Promise<void> {
    const control = new AbortController();
    const events = createEventRecorder({ client: api, component: "default-scheduler", clock, log });
    const ended = new SchedulingTerm({ client: api, events, profiles: (context) => [createDefaultProfile(context)], clock, log }).run(
      control.signal,
    );
    stops.push(async () => {
      control.abort();
      await ended;
    });
    await settle();
  }
  const create = (options: PodOptions) => api.of(podKind).create(pod({ nodeName: "", resourceVersion: "", ...options }));
  const placed = (): Record<string, string> =>
    Object.fromEntries(api.objects(podKind).map(({ metadata, spec }) => [metadata.name, spec.nodeName ?? ""]));
  const perNode = (): number[] => {
    const counts = new Map<string, number>();
    for (const name of Object.values(placed())) counts.set(name, (counts.get(name) ?? 0) + 1);
    return [...counts.values()].sort();
  };
  const conditionOf = (name: string) =>
    api
      .objects(podKind)
      .find(({ metadata }) => metadata.name === name)
      ?.status.conditions.find(({ type }) => type === "PodScheduled");
  const events = (reason: string): string[] =>
    api
      .objects(eventKind)
      .filter((event) => event.reason === reason)
      .map(({ message }) => message ?? "");

  it("binds a pod as soon as it is created, and tells", async () => {
    api.seed(nodeKind, node({ name: "n1" }));
    await start();
    await create({ name: "web" });
    await settle();

    expect(placed()).to.deep.equal({ web: "n1" });
    expect(conditionOf("web")?.status).to.equal("True");
    expect(events("Scheduled")).to.deep.equal(["Successfully assigned default/web to n1"]);
  });

  it("spreads forty pods created at once evenly", async () => {
    for (const name of ["n1", "n2", "n3", "n4"]) api.seed(nodeKind, node({ name }));
    await start();
    await Promise.all(Array.from({ length: 40 }, (_, index) => create({ name: `p${index}` })));
    await settle();

    expect(perNode()).to.deep.equal([10, 10, 10, 10]);
  });

  it("never fills a node beyond its capacity, though bindings are under way", async () => {
    for (const name of ["n1", "n2"]) api.seed(nodeKind, node({ name, allocatable: { cpu: "1" } }));
    api.intercept({ before: ({ verb }) => (verb === "bind" ? settle(5) : undefined) });
    await start();
    await Promise.all(Array.from({ length: 30 }, (_, index) => create({ name: `p${index}`, requests: { cpu: "100m" } })));
    await settle(200);

    const bound = Object.values(placed()).filter((name) => name !== "");
    expect(bound).to.have.length(20);
    expect(perNode()).to.deep.equal([10, 10, 10]);
  });

  it("says why a pod does not fit, once, and binds it when it does", async () => {
    api.seed(nodeKind, node({ name: "n1", unschedulable: true }));
    await start();
    await create({ name: "web", requests: { cpu: "1" } });
    await settle();
    const told = conditionOf("web");
    expect([told?.status, told?.reason, told?.message]).to.deep.equal([
      "False",
      "Unschedulable",
      "0/1 nodes are available: 1 node(s) were unschedulable. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
    ]);
    expect(events("FailedScheduling")).to.deep.equal([told?.message]);

    let writes = 0;
    api.intercept({ before: ({ verb }) => void (verb === "patch" ? writes++ : 0) });
    api.seed(nodeKind, node({ name: "n2", allocatable: { cpu: "500m" } }));
    await settle();
    expect(conditionOf("web")?.message).to.match(/^0\/2 nodes are available: 1 Insufficient cpu, 1 node\(s\) were unschedulable\. /);
    await clock.advance(longestSuspensionMs);
    await settle();
    expect(events("FailedScheduling")).to.have.length(2);
    // The second sentence once in the condition; the third attempt's, the same, only as a repeat of the event.
    expect(writes).to.equal(2);

    api.change(nodeKind, { namespace: "", name: "n1" }, (draft) => {
      draft.spec.unschedulable = false;
    });
    await settle();
    expect(placed()).to.deep.equal({ web: "n1" });
  });

  it("binds a waiting pod when another leaves room", async () => {
    api.seed(nodeKind, node({ name: "n1", allocatable: { pods: "1" } }));
    await start();
    await create({ name: "first" });
    await settle();
    await create({ name: "second" });
    await settle();
    expect(placed()).to.deep.equal({ first: "n1", second: "" });

    api.remove(podKind, { namespace: "default", name: "first" });
    await clock.advance(1_000);
    await settle();
    expect(placed()).to.deep.equal({ second: "n1" });
  });

  it("counts a pod that ended as gone, one that is going as there", async () => {
    api.seed(nodeKind, node({ name: "n1", allocatable: { pods: "2" } }));
    api.seed(podKind, pod({ name: "ended", phase: "Succeeded" }));
    api.seed(podKind, pod({ name: "going", deleting: true }));
    await start();
    await create({ name: "a" });
    await create({ name: "b" });
    await settle();
    expect(Object.values(placed()).filter((name) => name === "")).to.have.length(1);
  });

  it("leaves alone what is another scheduler's", async () => {
    api.seed(nodeKind, node({ name: "n1" }));
    await start();
    await create({ name: "theirs", spec: { schedulerName: "another" } });
    await settle();
    expect(placed()).to.deep.equal({ theirs: "" });
  });

  it("goes where it had bound a pod when the answer is lost", async () => {
    for (const name of ["n1", "n2"]) api.seed(nodeKind, node({ name, allocatable: { pods: "1" } }));
    let lost = false;
    api.intercept({
      after: ({ verb }) => {
        if (verb !== "bind" || lost) return;
        lost = true;
        throw timedOut("deadline exceeded");
      },
    });
    await start();
    await create({ name: "a" });
    await create({ name: "b" });
    await clock.advance(10_000);
    await settle();
    expect(Object.values(placed()).sort()).to.deep.equal(["n1", "n2"]);
  });

  it("tries again when a binding fails", async () => {
    api.seed(nodeKind, node({ name: "n1" }));
    let failures = 2;
    api.intercept({
      before: ({ verb }) => {
        if (verb === "bind" && failures-- > 0)
          throw failures === 1 ? unavailable("away") : conflict({ group: "", kind: "pods", name: "web" });
      },
    });
    await start();
    await create({ name: "web" });
    await clock.advance(10_000);
    await settle();
    expect(placed()).to.deep.equal({ web: "n1" });
  });

  it("binds each pod once with two at work", async () => {
    for (const name of ["n1", "n2"]) api.seed(nodeKind, node({ name }));
    let binds = 0;
    api.intercept({
      before: ({ verb }) => (verb === "bind" ? settle(3) : undefined),
      after: ({ verb }) => void (verb === "bind" ? binds++ : 0),
    });
    await start();
    await start();
    await Promise.all(Array.from({ length: 10 }, (_, index) => create({ name: `p${index}` })));
    await clock.advance(30_000);
    await settle();
    expect(Object.values(placed())).to.not.include("");
    expect(binds).to.equal(10);
  });
});
