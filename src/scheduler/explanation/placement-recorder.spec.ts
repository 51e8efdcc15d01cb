import { expect } from "chai";
import { node, type PodOptions, pod } from "../../../test/builders/index.js";
import { FakeApi } from "../../../test/fakes/fake-api/fake-api.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { pluginContext } from "../../../test/fakes/plugin-context.js";
import { forbidden } from "../../api/errors.js";
import { placementRecordKind } from "../../api/kinds/placementrecord/kind.js";
import { createLog } from "../../base/log.js";
import { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { ClusterState } from "../cluster/cluster-state.js";
import { podInfo } from "../cluster/pod-info.js";
import { Decider } from "../cycle/decider.js";
import { createDefaultProfile } from "../default-profile.js";
import { PlacementRecorder } from "./placement-recorder.js";
import { VerdictBudget } from "./verdict-budget.js";

describe("PlacementRecorder", () => {
  let clock: FakeClock;
  let api: FakeApi;
  let state: ClusterState;
  let recorder: PlacementRecorder;
  let stop: AbortController;
  let running: Promise<unknown>;
  let results: string[];
  let budget: VerdictBudget;

  beforeEach(() => {
    clock = new FakeClock();
    api = new FakeApi(clock);
    state = new ClusterState();
    results = [];
    start(2_000);
  });
  afterEach(end);

  /** @param burst how many bytes may be told of single nodes at once */
  function start(burst: number): void {
    const metrics = { recorded: (result: string) => void results.push(result) };
    budget = new VerdictBudget(clock, { burst, perSecond: 1 });
    recorder = new PlacementRecorder({ client: api, cluster: state, clock, log: createLog("test", "silent"), metrics }, budget);
    stop = new AbortController();
    running = recorder.run(stop.signal).catch((_aborted: unknown) => undefined);
  }

  async function end(): Promise<void> {
    stop.abort();
    await running;
  }

  /** Decides on a pod, places it if it can be, and tells the recorder. */
  function decide(name: string, options: PodOptions = {}, attempts = 1): void {
    const info = podInfo(pod({ name, uid: `uid-${name}`, nodeName: "", ...options }));
    const attempt = new Decider({ cluster: state, clock }).decide(info, createDefaultProfile(pluginContext(state, clock)));
    if (attempt.nodeName !== undefined) state.assume(info, attempt.nodeName);
    recorder.decided(attempt, attempts, attempt.nodeName === undefined ? "no node" : "");
  }
  const records = () => api.objects(placementRecordKind);
  const named = (): string[] => records().map((record) => record.pod?.name ?? "");
  const quiet = async (): Promise<void> => {
    await clock.advance(10_000);
    await settle();
  };

  it("records why a pod is where it is, and what was in the way elsewhere", async () => {
    state.setNode(node({ name: "n1" }));
    state.setNode(node({ name: "n2", unschedulable: true }));
    decide("web");
    await quiet();

    const [record] = records();
    expect([record?.metadata.name, record?.metadata.namespace]).to.deep.equal(["web.uidweb", "default"]);
    const { placement } = record ?? {};
    expect([placement?.nodeName, placement?.nodeCount, placement?.feasibleCount, placement?.attempts]).to.deep.equal(["n1", 2, 1, 1]);
    expect(placement?.verdicts.map(({ nodeName, obstacles }) => [nodeName, obstacles[0]?.plugin])).to.deep.equal([
      ["n2", "NodeUnschedulable"],
    ]);
    expect(placement?.suggestions).to.deep.equal([]);
  });

  it("records why no node will do, and what would help", async () => {
    state.setNode(node({ name: "n1", unschedulable: true }));
    decide("web");
    await quiet();
    expect(records()[0]?.placement?.message).to.equal("no node");
    expect(records()[0]?.placement?.suggestions[0]?.text).to.equal("uncordon n1");
  });

  it("says what has changed since, instead of numbers that are not those of the decision", async () => {
    state.setNode(node({ name: "n1", unschedulable: true }));
    decide("web");
    state.setNode(node({ name: "n1" }));
    await quiet();
    const [verdict] = records()[0]?.placement?.verdicts ?? [];
    expect(verdict?.obstacles.map(({ reason, detail }) => [reason, detail])).to.deep.equal([
      ["node(s) were unschedulable", "it was so when the decision was made, and is no more"],
    ]);
    expect(records()[0]?.placement?.suggestions).to.deep.equal([]);
  });

  it("does not take the pod itself for what is in its way elsewhere", async () => {
    const labels = { zone: "a" };
    state.setNode(node({ name: "n1", labels }));
    state.setNode(node({ name: "n2", labels, unschedulable: true }));
    const alone = { labelSelector: { matchLabels: { app: "web" }, matchExpressions: [] }, topologyKey: "zone" };
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [alone] } };
    decide("web", { labels: { app: "web" }, spec: Pod.fromPartial({ spec: { affinity } }).spec ?? {} });
    await quiet();
    const [verdict] = records()[0]?.placement?.verdicts ?? [];
    expect([verdict?.nodeName, verdict?.obstacles.map(({ plugin }) => plugin)]).to.deep.equal(["n2", ["NodeUnschedulable"]]);
  });

  it("tells of single nodes as long as there is room for that, and counts them always", async () => {
    for (const name of ["n1", "n2", "n3"]) state.setNode(node({ name, unschedulable: true }));
    const told = (): readonly unknown[] =>
      records().map(({ pod: of, placement }) => [
        of?.name,
        placement?.verdicts.length,
        placement?.reasons[0]?.count,
        placement?.suggestions.length,
      ]);
    decide("a");
    await quiet();
    budget.spend(2_000);
    decide("b");
    await quiet();
    expect(told()).to.deep.equal([
      ["a", 3, 3, 2],
      ["b", 0, 3, 2],
    ]);
    const before = budget.next().bytes;
    await clock.advance(3_600_000);
    decide("c");
    await quiet();
    expect(told().at(-1)).to.deep.equal(["c", 3, 3, 2]);
    expect(before).to.be.lessThan(100);
    expect(budget.next().bytes).to.be.lessThan(1_900);
  });

  it("keeps one record a pod: the newest decision's", async () => {
    state.setNode(node({ name: "n1", unschedulable: true }));
    decide("web");
    await quiet();
    state.setNode(node({ name: "n1" }));
    decide("web", {}, 2);
    await quiet();
    expect(records().map(({ placement }) => [placement?.nodeName, placement?.attempts])).to.deep.equal([["n1", 2]]);
  });

  it("does not write what is no news, until it has been a while", async () => {
    state.setNode(node({ name: "n1", unschedulable: true }));
    decide("web");
    await quiet();
    decide("web", {}, 2);
    await quiet();
    expect(results).to.deep.equal(["written"]);
    await clock.advance(5 * 60_000);
    decide("web", {}, 3);
    await quiet();
    expect(records().map(({ placement }) => placement?.attempts)).to.deep.equal([3]);
  });

  it("waits while decisions are being made, but not for ever", async () => {
    state.setNode(node({ name: "n1" }));
    decide("p0");
    for (let step = 1; step <= 3; step++) {
      await clock.advance(50);
      decide(`p${step}`);
    }
    await settle();
    expect(named()).to.deep.equal([]);
    for (let step = 4; step <= 28; step++) {
      await clock.advance(50);
      decide(`p${step}`);
    }
    await settle();
    expect(named()).to.have.length(1);
    await quiet();
    expect(named()).to.have.length(29);
  });

  it("asks no more than a hundred nodes while decisions are being made, and counts them all", async () => {
    await end();
    start(1_000_000);
    for (let index = 0; index < 130; index++) state.setNode(node({ name: `n${index}`, unschedulable: true }));
    for (let step = 0; step < 28; step++) {
      decide(`p${step}`);
      await clock.advance(50);
    }
    await settle();
    const told = () => records().map(({ placement }) => [placement?.verdicts.length, placement?.reasons[0]?.count]);
    expect(told()).to.deep.equal([[100, 130]]);
    await quiet();
    expect(told().at(-1)).to.deep.equal([130, 130]);
  });

  it("goes on after one that may not be written", async () => {
    state.setNode(node({ name: "n1" }));
    let refusals = 1;
    api.intercept({
      before: ({ verb }) => {
        if (verb === "create" && refusals-- > 0)
          throw forbidden({ group: "", kind: "namespaces", name: "default" }, "it is being terminated");
      },
    });
    decide("a");
    decide("b");
    await quiet();
    expect(named()).to.deep.equal(["b"]);
    expect(results).to.deep.equal(["failed", "written"]);
  });
});
