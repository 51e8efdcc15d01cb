import { expect } from "chai";
import { namespace, node, type PodOptions, pod } from "../../../test/builders/index.js";
import { FakeApi } from "../../../test/fakes/fake-api/fake-api.js";
import { settle } from "../../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { conflict, timedOut } from "../../api/errors.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { type Deferred, deferred } from "../../base/abort.js";
import { createLog } from "../../base/log.js";
import { createEventRecorder } from "../../client/event-recorder.js";
import { createDefaultProfile } from "../default-profile.js";
import type { Profile } from "../framework/plugin.js";
import { type Refusal, refusal } from "../framework/refusal.js";
import { SchedulingTerm } from "../scheduling-term.js";

describe("Placer", () => {
  const log = createLog("test", "silent");
  let clock: FakeClock;
  let api: FakeApi;
  let stops: (() => Promise<void>)[];
  let term: SchedulingTerm;
  /** What plugins were told, in order. */
  let told: string[];

  beforeEach(() => {
    clock = new FakeClock();
    api = new FakeApi(clock);
    stops = [];
    told = [];
  });
  afterEach(async () => {
    for (const stop of stops) await stop();
  });

  async function start(more: Partial<Profile> = {}): Promise<void> {
    const control = new AbortController();
    const events = createEventRecorder({ client: api, component: "default-scheduler", clock, log });
    term = new SchedulingTerm({
      client: api,
      events,
      profiles: (context) => [{ ...createDefaultProfile(context), ...more }],
      clock,
      log,
    });
    const ended = term.run(control.signal);
    stops.push(async () => {
      control.abort();
      await ended;
    });
    await settle();
  }
  const create = (options: PodOptions) => api.of(podKind).create(pod({ nodeName: "", resourceVersion: "", ...options }));
  const placed = (): Record<string, string> =>
    Object.fromEntries(api.objects(podKind).map(({ metadata, spec }) => [metadata.name, spec.nodeName ?? ""]));
  const counted = (): number[] => term.state.nodes().map(({ podCount }) => podCount);
  const messageOf = (name: string): string | undefined =>
    api
      .objects(podKind)
      .find(({ metadata }) => metadata.name === name)
      ?.status.conditions.find(({ type }) => type === "PodScheduled")?.message;
  const reserve = (name: string, answer: () => Refusal | undefined = () => undefined): Profile["reserves"][number] => ({
    name,
    reserve: (_pod, nodeName) => {
      told.push(`${name} reserves ${nodeName}`);
      return answer();
    },
    unreserve: (_pod, nodeName) => void told.push(`${name} gives ${nodeName} back`),
  });

  describe("reserving", () => {
    it("is told before the pod is bound, and not taken back then", async () => {
      api.seed(nodeKind, node({ name: "n1" }));
      await start({ reserves: [reserve("A"), reserve("B")] });
      await create({ name: "web" });
      await settle();
      expect([placed(), told]).to.deep.equal([{ web: "n1" }, ["A reserves n1", "B reserves n1"]]);
    });

    it("refused, is taken back from all that were asked, the last first, and the pod says why", async () => {
      api.seed(nodeKind, node({ name: "n1" }));
      const refusing = reserve("B", () => refusal("B", "node(s) had nothing to reserve"));
      await start({ reserves: [reserve("A"), refusing, reserve("C")] });
      await create({ name: "web" });
      await settle();
      expect(told).to.deep.equal(["A reserves n1", "B reserves n1", "B gives n1 back", "A gives n1 back"]);
      expect([placed(), counted(), term.queue.sizes().unschedulable]).to.deep.equal([{ web: "" }, [0], 1]);
      expect(messageOf("web")).to.equal("0/1 nodes are available: 1 node(s) had nothing to reserve.");
    });

    it("is taken back when the binding fails, and done again with the next attempt", async () => {
      api.seed(nodeKind, node({ name: "n1" }));
      let failures = 1;
      api.intercept({
        before: ({ verb }) => {
          if (verb === "bind" && failures-- > 0) throw conflict({ group: "", kind: "pods", name: "web" });
        },
      });
      await start({ reserves: [reserve("A")] });
      await create({ name: "web" });
      await clock.advance(1_000);
      await settle();
      expect(told).to.deep.equal(["A reserves n1", "A gives n1 back", "A reserves n1"]);
      expect(placed()).to.deep.equal({ web: "n1" });
    });
  });

  describe("permission", () => {
    let asked: Map<string, Deferred<Refusal | undefined>>;
    const permit: Profile["permits"][number] = {
      name: "Wait",
      permit: (info) => {
        const answer = deferred<Refusal | undefined>();
        asked.set(info.pod.metadata.name, answer);
        return answer.promise;
      },
    };
    beforeEach(() => {
      asked = new Map();
    });

    it("holds a binding back while others are decided on and bound, without their room", async () => {
      api.seed(nodeKind, node({ name: "n1", allocatable: { pods: "80" } }));
      const selective = {
        ...permit,
        permit: (...[info, ...rest]: Parameters<typeof permit.permit>) =>
          info.pod.metadata.name.startsWith("held") ? permit.permit(info, ...rest) : Promise.resolve(undefined),
      };
      await start({ permits: [selective] });
      // As many as write at once: those that wait must not keep others from writing.
      await Promise.all(Array.from({ length: 70 }, (_, index) => create({ name: `held-${index}` })));
      await settle();
      await create({ name: "free" });
      await settle();
      expect([placed().free, placed()["held-0"], counted()]).to.deep.equal(["n1", "", [71]]);

      for (const answer of asked.values()) answer.resolve(undefined);
      await settle(100);
      expect(Object.values(placed()).filter((name) => name === "n1")).to.have.length(71);
    });

    it("refused, gives the node back, and another that waited for the room gets it", async () => {
      api.seed(nodeKind, node({ name: "n1", allocatable: { pods: "1" } }));
      await start({ permits: [permit], reserves: [reserve("A")] });
      await create({ name: "held" });
      await settle();
      await create({ name: "next" });
      await settle();
      asked.get("held")?.resolve(refusal("Wait", "node(s) were not permitted"));
      await settle();
      expect(messageOf("held")).to.equal("0/1 nodes are available: 1 node(s) were not permitted.");
      expect(told).to.deep.equal(["A reserves n1", "A gives n1 back"]);
      await clock.advance(1_000);
      await settle();
      asked.get("next")?.resolve(undefined);
      await settle();
      expect(placed()).to.deep.equal({ held: "", next: "n1" });
    });

    it("forgets a pod that is deleted meanwhile", async () => {
      api.seed(nodeKind, node({ name: "n1", allocatable: { pods: "1" } }));
      await start({ permits: [permit] });
      await create({ name: "held" });
      await settle();
      api.remove(podKind, { namespace: "default", name: "held" });
      await settle();
      asked.get("held")?.resolve(undefined);
      await settle();
      expect([placed(), counted(), term.queue.sizes().taken]).to.deep.equal([{}, [0], 0]);
    });
  });

  it("leaves the binding to the first plugin that does it", async () => {
    api.seed(nodeKind, node({ name: "n1" }));
    const binds: Profile["binds"] = [
      { name: "Other", bind: async () => false },
      {
        name: "Own",
        bind: async ({ pod: bound }, nodeName, signal) => {
          told.push(bound.metadata.name);
          await api.bind(bound, nodeName, signal);
          return true;
        },
      },
    ];
    await start({ binds });
    await create({ name: "web" });
    await settle();
    expect([placed(), told]).to.deep.equal([{ web: "n1" }, ["web"]]);
  });

  it("goes on counting a pod of which nobody can say whether it was bound", async () => {
    api.seed(nodeKind, node({ name: "n1", allocatable: { pods: "1" } }));
    let isAway = true;
    api.intercept({
      before: ({ verb, kind }) => {
        if (isAway && (verb === "bind" || (verb === "get" && kind === podKind))) throw timedOut("deadline exceeded");
      },
    });
    await start();
    await create({ name: "web" });
    await settle();
    expect([counted(), term.queue.sizes().backoff]).to.deep.equal([[1], 1]);
    isAway = false;
    await clock.advance(1_000);
    await settle();
    expect([placed(), counted()]).to.deep.equal([{ web: "n1" }, [1]]);
  });

  describe("beside it", () => {
    it("pods are not tried before their last gate is gone", async () => {
      api.seed(nodeKind, node({ name: "n1" }));
      await start();
      await create({ name: "held", spec: { schedulingGates: [{ name: "example.com/later" }] } });
      await settle();
      expect([placed(), term.queue.sizes().gated]).to.deep.equal([{ held: "" }, 1]);
      api.change(podKind, { namespace: "default", name: "held" }, (draft) => {
        draft.spec.schedulingGates = [];
      });
      await settle();
      expect(placed()).to.deep.equal({ held: "n1" });
    });

    it("a node that was promised before the scheduler started is still promised", async () => {
      api.seed(nodeKind, node({ name: "n1", allocatable: { pods: "1" } }));
      api.seed(podKind, pod({ name: "leaving", deleting: true }));
      api.seed(podKind, pod({ name: "waits", uid: "waits", nodeName: "", spec: { priority: 5 }, status: { nominatedNodeName: "n1" } }));
      await start();
      await create({ name: "late" });
      await settle();
      expect([term.state.nominatedNode("waits"), placed().late]).to.deep.equal(["n1", ""]);
      api.remove(podKind, { namespace: "default", name: "leaving" });
      await clock.advance(10_000);
      await settle();
      expect(placed()).to.deep.equal({ waits: "n1", late: "" });
    });

    it("another gets the room that was promised to a pod which is gone", async () => {
      api.seed(nodeKind, node({ name: "n1", allocatable: { cpu: "4" } }));
      api.seed(podKind, pod({ name: "leaving", deleting: true, requests: { cpu: "3" } }));
      const important = { priority: 5 };
      api.seed(podKind, pod({ name: "waits", nodeName: "", requests: { cpu: "4" }, spec: important, status: { nominatedNodeName: "n1" } }));
      await start();
      await create({ name: "late", requests: { cpu: "1" } });
      await clock.advance(10_000);
      await settle();
      expect(placed().late).to.equal("");
      api.remove(podKind, { namespace: "default", name: "waits" });
      await settle();
      expect(placed()).to.deep.equal({ leaving: "n1", late: "n1" });
    });

    it("pods that choose by the labels of namespaces find those that get such labels", async () => {
      api.seed(namespaceKind, namespace({ name: "default" }));
      api.seed(nodeKind, node({ name: "n1", labels: { zone: "a" } }));
      await start();
      expect(term.state.namespaceLabels("default")).to.not.have.property("team");
      api.change(namespaceKind, { namespace: "", name: "default" }, (draft) => {
        draft.metadata.labels = { team: "blue" };
      });
      await settle();
      expect([...term.state.namespaces()]).to.deep.equal(["default"]);
      expect(term.state.namespaceLabels("default")).to.include({ team: "blue" });
    });

    it("what is refused is told once by a warning", async () => {
      api.seed(nodeKind, node({ name: "n1", unschedulable: true }));
      await start();
      await create({ name: "web" });
      await settle();
      expect(api.objects(eventKind).map(({ reason }) => reason)).to.deep.equal(["FailedScheduling"]);
    });
  });
});
