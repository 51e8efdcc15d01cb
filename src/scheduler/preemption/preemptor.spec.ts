import { expect } from "chai";
import { podDisruptionBudget } from "../../../test/builders/index.js";
import { rankedPod } from "../../../test/fakes/crowded-cluster.js";
import { type Call, FakeApi } from "../../../test/fakes/fake-api/fake-api.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { unavailable } from "../../api/errors.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { deferred } from "../../base/abort.js";
import { createLog } from "../../base/log.js";
import type { InformerHandler } from "../../client/contracts.js";
import { createEventRecorder } from "../../client/event-recorder.js";
import { createInformer } from "../../client/informer.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { ClusterState } from "../cluster/cluster-state.js";
import { type PodInfo, podInfo } from "../cluster/pod-info.js";
import type { Rescue } from "../framework/plugin.js";
import type { QueuedPod } from "../queue/queued-pod.js";
import { SchedulingQueue } from "../queue/scheduling-queue.js";
import { Preemptor } from "./preemptor.js";
import { watchNominations } from "./watches.js";

describe("Preemptor", () => {
  const log = createLog("test", "silent");
  let clock: FakeClock;
  let api: FakeApi;
  let state: ClusterState;
  let queue: SchedulingQueue;
  let preemptor: Preemptor;
  let stop: () => Promise<void>;
  const control = new AbortController();

  beforeEach(async () => {
    clock = new FakeClock();
    api = new FakeApi(clock);
    state = new ClusterState();
    queue = new SchedulingQueue({ clock, hintsOf: () => undefined, isGated: () => false });
    const pods = createInformer(api.of(podKind), {}, { clock, log });
    const events = createEventRecorder({ client: api, component: "default-scheduler", clock, log });
    preemptor = new Preemptor({ client: api.of(podKind), pods, state, queue, events, clock, log });
    pods.addHandler(placing(state));
    pods.addHandler(watchNominations(state.nominations, () => true));
    pods.addHandler(preemptor.handler());
    const stopping = new AbortController();
    const ended = pods.run(stopping.signal);
    stop = async () => {
      stopping.abort();
      queue.close();
      await ended;
    };
    await settle();
  });
  afterEach(() => stop());

  const key = (name: string) => ({ namespace: "default", name });
  const seed = (name: string, nodeName: string, priority: number): PodInfo =>
    podInfo(api.seed(podKind, rankedPod({ name, nodeName, priority }).pod));
  const found = (name: string): Whole<Pod> | undefined => api.objects(podKind).find(({ metadata }) => metadata.name === name);
  const targetOf = (name: string) => found(name)?.status.conditions.find(({ type }) => type === "DisruptionTarget");

  /** A pod that is being tried. */
  function tried(name = "high", priority = 10): QueuedPod {
    const pod = seed(name, "", priority);
    queue.put(pod);
    const queued = queue.tryNext();
    if (queued === undefined) throw new Error("the pod was not queued");
    return queued;
  }
  async function carryOut(queued: QueuedPod, rescue: Rescue): Promise<void> {
    const patch = { status: { nominatedNodeName: rescue.nodeName } };
    const told = api.of(podKind).patch(keyOf(queued.pod.pod), "merge", patch, { subresource: "status" });
    await preemptor.carryOut(queued, rescue, { refusedBy: [], told: told.then(() => undefined) }, control.signal);
  }
  const tries = (): string | undefined => queue.tryNext()?.pod.uid;
  const calls = (): string[] => {
    const made: string[] = [];
    api.intercept({ before: ({ verb, key: { name } }: Call) => void made.push(`${verb} ${name}`) });
    return made;
  };

  it("has victims leave: marked, deleted with their grace, and told of in an event", async () => {
    const victim = seed("low", "n1", 1);
    await settle();
    const queued = tried();
    await carryOut(queued, { nodeName: "n1", victims: [victim] });
    await settle();

    expect(targetOf("low")).to.include({
      status: "True",
      reason: "PreemptionByScheduler",
      message: "default-scheduler: preempting to accommodate a higher priority pod",
    });
    expect(found("low")?.metadata.deletionGracePeriodSeconds).to.equal(30);
    expect(found("high")?.status.nominatedNodeName).to.equal("n1");
    const [event] = api.objects(eventKind);
    expect([event?.involvedObject?.name, event?.type, event?.reason, event?.message]).to.deep.equal([
      "low",
      "Normal",
      "Preempted",
      "Preempted by pod high on node n1",
    ]);
  });

  it("promises the node before anything is written", async () => {
    const victim = seed("low", "n1", 1);
    await settle();
    const queued = tried();
    const carriedOut = carryOut(queued, { nodeName: "n1", victims: [victim] });
    expect(state.nominated("n1").map(({ uid }) => uid)).to.deep.equal(["high"]);
    expect(found("low")?.metadata.deletionTimestamp).to.equal(undefined);
    await carriedOut;
  });

  it("has the pod tried again at once when the last victim has gone", async () => {
    const victims = [seed("a", "n1", 2), seed("b", "n1", 1)];
    await settle();
    await carryOut(tried(), { nodeName: "n1", victims });
    expect(tries()).to.equal(undefined);
    api.remove(podKind, key("a"));
    await settle();
    expect(tries()).to.equal(undefined);
    api.remove(podKind, key("b"));
    await settle();
    expect(tries()).to.equal("high");
  });

  it("takes a victim that has run to its end for gone", async () => {
    const victim = seed("low", "n1", 1);
    await settle();
    await carryOut(tried(), { nodeName: "n1", victims: [victim] });
    api.change(podKind, key("low"), (draft) => {
      draft.status.phase = "Failed";
    });
    await settle();
    expect(tries()).to.equal("high");
  });

  it("has the pod tried at once when the victims were gone before all was written", async () => {
    const victim = seed("low", "n1", 1);
    await settle();
    api.intercept({ after: ({ verb }) => (verb === "delete" ? void api.remove(podKind, key("low")) : undefined) });
    await carryOut(tried(), { nodeName: "n1", victims: [victim] });
    await settle();
    expect(tries()).to.equal("high");
  });

  it("takes away a victim that is not bound yet", async () => {
    const victim = seed("low", "", 1);
    await settle();
    state.assume(victim, "n1");
    await carryOut(tried(), { nodeName: "n1", victims: [victim] });
    await settle();
    expect(found("low")).to.equal(undefined);
    expect(tries()).to.equal("high");
  });

  it("waits for a victim that goes already, and lets it be", async () => {
    api.seed(podKind, rankedPod({ name: "low", nodeName: "n1", deleting: true }).pod);
    await settle();
    const victim = state.placement("low")?.pod;
    if (victim === undefined) throw new Error("the victim is not placed");
    const queued = tried();
    const made = calls();
    await carryOut(queued, { nodeName: "n1", victims: [victim] });
    expect(made).to.deep.equal(["patch high"]);
    expect(tries()).to.equal(undefined);
    api.remove(podKind, key("low"));
    await settle();
    expect(tries()).to.equal("high");
  });

  it("spares a pod that has come under a victim's name", async () => {
    const victim = seed("low", "n1", 1);
    await settle();
    const queued = tried();
    api.remove(podKind, key("low"));
    api.seed(podKind, rankedPod({ name: "low", uid: "another", nodeName: "n1" }).pod);
    await carryOut(queued, { nodeName: "n1", victims: [victim] });
    await settle();
    expect(found("low")?.metadata).to.include({ uid: "another", deletionTimestamp: undefined });
    expect(targetOf("low")).to.equal(undefined);
    expect(tries()).to.equal("high");
  });

  it("takes the promise from less important ones, which look elsewhere at once", async () => {
    const victim = seed("low", "n1", 1);
    await settle();
    const medium = tried("medium", 5);
    await carryOut(medium, { nodeName: "n1", victims: [victim] });
    await settle();
    const queued = tried();
    await carryOut(queued, { nodeName: "n1", victims: [] });
    await settle();
    expect(state.nominated("n1").map(({ uid }) => uid)).to.deep.equal(["high"]);
    expect(found("medium")?.status.nominatedNodeName ?? "").to.equal("");
    expect([tries(), tries()].sort()).to.deep.equal(["high", "medium"]);
  });

  it("has them look elsewhere only when nothing of the old promise can be written any more", async () => {
    const victim = seed("low", "n1", 1);
    await settle();
    await carryOut(tried("medium", 5), { nodeName: "n1", victims: [victim] });
    const hidden = deferred();
    api.intercept({ before: ({ key: { name } }) => (name === "medium" ? hidden.promise : undefined) });
    const carriedOut = carryOut(tried(), { nodeName: "n1", victims: [] });
    await settle();
    expect(tries()).to.equal(undefined);
    hidden.resolve();
    await carriedOut;
    expect([tries(), tries()].sort()).to.deep.equal(["high", "medium"]);
  });

  it("tries it again only when nothing of a promise that failed can be written any more", async () => {
    const victim = seed("low", "n1", 1);
    await settle();
    const hidden = deferred();
    let hasFailed = false;
    api.intercept({
      before: ({ verb, key: { name } }) => {
        if (verb === "delete") {
          hasFailed = true;
          throw unavailable("away");
        }
        return hasFailed && verb === "patch" && name === "high" ? hidden.promise : undefined;
      },
    });
    const carriedOut = carryOut(tried(), { nodeName: "n1", victims: [victim] }).catch((error: unknown) => error);
    await clock.advance(10_000);
    expect(tries()).to.equal(undefined);
    hidden.resolve();
    expect(String(await carriedOut)).to.contain("away");
    await clock.advance(10_000);
    expect(tries()).to.equal("high");
  });

  it("hears at once that nothing could be told, however long it takes to tell those that it displaces", async () => {
    const victim = seed("low", "n1", 1);
    await settle();
    await carryOut(tried("medium", 5), { nodeName: "n1", victims: [victim] });
    api.intercept({ before: ({ key: { name } }) => (name === "medium" ? settle(10) : undefined) });
    const circumstances = { refusedBy: [], told: Promise.reject(unavailable("away")) };
    const carriedOut = preemptor.carryOut(tried(), { nodeName: "n1", victims: [] }, circumstances, control.signal);
    expect(String(await carriedOut.catch((error: unknown) => error))).to.contain("away");
    // Which is no reason to give the room away that others leave.
    expect(state.nominatedNode("high")).to.equal("n1");
  });

  it("leaves their promise to those as important", async () => {
    const victim = seed("low", "n1", 1);
    await settle();
    await carryOut(tried("equal", 10), { nodeName: "n1", victims: [victim] });
    await carryOut(tried(), { nodeName: "n1", victims: [victim] });
    expect(state.nominated("n1").map(({ uid }) => uid)).to.deep.equal(["equal", "high"]);
  });

  for (const verb of ["patch", "delete"] as const) {
    it(`takes its promise back when a ${verb} fails, and tries again after the backoff`, async () => {
      const victim = seed("low", "n1", 1);
      await settle();
      const queued = tried();
      api.intercept({
        before: (call) => {
          if (call.verb === verb && call.key.name === "low") throw unavailable("away");
        },
      });
      const failure = await carryOut(queued, { nodeName: "n1", victims: [victim] }).catch((error: unknown) => error);
      await settle();
      expect(String(failure)).to.contain("away");
      expect([state.nominatedNode("high"), found("high")?.status.nominatedNodeName ?? ""]).to.deep.equal([undefined, ""]);
      expect(tries()).to.equal(undefined);
      await clock.advance(1_000);
      expect(tries()).to.equal("high");
    });
  }

  describe("of a pod that a budget protects", () => {
    const labels = { app: "web" };
    const left = (): readonly number[] => state.budgets.of(rankedPod({ name: "other", labels })).map(({ allowed }) => allowed);
    let victim: PodInfo;
    beforeEach(async () => {
      victim = podInfo(api.seed(podKind, rankedPod({ name: "low", nodeName: "n1", labels }).pod));
      state.budgets.set(podDisruptionBudget({ status: { disruptionsAllowed: 1 } }));
      await settle();
    });

    it("lets the next decision know, until the budget does", async () => {
      const carriedOut = carryOut(tried(), { nodeName: "n1", victims: [victim] });
      expect(left()).to.deep.equal([0]);
      await carriedOut;
      await settle();
      state.budgets.set(podDisruptionBudget({ status: { disruptionsAllowed: 0 } }));
      expect(left()).to.deep.equal([0]);
      api.remove(podKind, key("low"));
      await settle();
      expect(left()).to.deep.equal([0]);
    });

    it("takes nothing from the budget when that fails", async () => {
      api.intercept({
        before: ({ verb }) => {
          if (verb === "delete") throw unavailable("away");
        },
      });
      const failure = await carryOut(tried(), { nodeName: "n1", victims: [victim] }).catch((error: unknown) => error);
      expect([String(failure).includes("away"), left()]).to.deep.equal([true, [1]]);
    });
  });

  it("takes back what was promised, once", async () => {
    const queued = tried();
    await carryOut(queued, { nodeName: "n1", victims: [] });
    await settle();
    expect([preemptor.withdraw(queued.pod), state.nominatedNode("high")]).to.deep.equal([true, undefined]);
    expect(preemptor.withdraw(queued.pod)).to.equal(false);
  });

  it("knows of a promise that is shown only", () => {
    expect(preemptor.withdraw(rankedPod({ name: "high", nodeName: "", status: { nominatedNodeName: "n1" } }))).to.equal(true);
  });
});

/** Keeps the state by the pods that have a node. */
function placing(state: ClusterState): InformerHandler<Pod> {
  const seen = (pod: Whole<Pod>): void => {
    if (pod.spec.nodeName) state.bound(podInfo(pod), pod.spec.nodeName);
  };
  return { added: seen, updated: seen, deleted: ({ metadata }) => void state.remove(metadata.uid) };
}
