import { expect } from "chai";
import { node, type PodOptions, pod } from "../../test/builders/index.js";
import { type Call, FakeApi } from "../../test/fakes/fake-api/fake-api.js";
import { settle } from "../../test/fakes/fake-api/settle.js";
import { FakeClock } from "../../test/fakes/fake-clock.js";
import { timedOut, unavailable } from "../api/errors.js";
import { nodeKind } from "../api/kinds/node/kind.js";
import { podKind } from "../api/kinds/pod/kind.js";
import { type Deferred, deferred } from "../base/abort.js";
import { createLog } from "../base/log.js";
import { createEventRecorder } from "../client/event-recorder.js";
import type { PodInfo } from "./cluster/pod-info.js";
import { createDefaultProfile } from "./default-profile.js";
import type { FilterPlugin, Profile } from "./framework/plugin.js";
import { type Refusal, refusal } from "./framework/refusal.js";
import { SchedulingTerm } from "./scheduling-term.js";

describe("SchedulingTerm, when something goes wrong", () => {
  const log = createLog("test", "silent");
  let clock: FakeClock;
  let api: FakeApi;
  let term: SchedulingTerm;
  let stop: (() => Promise<void>) | undefined;
  let isOver: boolean;

  beforeEach(() => {
    clock = new FakeClock();
    api = new FakeApi(clock);
    stop = undefined;
  });
  afterEach(() => stop?.());

  async function start(more: (profile: Profile) => Partial<Profile> = () => ({})): Promise<void> {
    const control = new AbortController();
    const events = createEventRecorder({ client: api, component: "default-scheduler", clock, log });
    const profiles = (context: Parameters<typeof createDefaultProfile>[0]): Profile[] => {
      const profile = createDefaultProfile(context);
      return [{ ...profile, ...more(profile) }];
    };
    term = new SchedulingTerm({ client: api, events, profiles, clock, log });
    isOver = false;
    const ended = term.run(control.signal).then(
      () => undefined,
      () => {
        isOver = true;
      },
    );
    stop = async () => {
      control.abort();
      await ended;
    };
    await settle();
  }
  const key = (name: string) => ({ namespace: "default", name });
  const create = (options: PodOptions) => api.of(podKind).create(pod({ nodeName: "", resourceVersion: "", ...options }));
  const found = (name: string) => api.objects(podKind).find(({ metadata }) => metadata.name === name);
  const nodeOf = (name: string): string | undefined => found(name)?.spec.nodeName ?? "";
  const conditionOf = (name: string) => found(name)?.status.conditions.find(({ type }) => type === "PodScheduled");
  const isNamed = ({ pod: { metadata } }: PodInfo, start: string): boolean => metadata.name.startsWith(start);

  describe("with a plugin that fails", () => {
    let isBroken: boolean;
    beforeEach(() => {
      isBroken = true;
      api.seed(nodeKind, node({ name: "n1" }));
    });
    const fail = (of: PodInfo): undefined => {
      if (isBroken && isNamed(of, "bad")) throw new TypeError("cannot read what is not there");
      return undefined;
    };
    const faults: readonly { readonly at: string; readonly more: (profile: Profile) => Partial<Profile> }[] = [
      {
        at: "filtering",
        more: ({ filters }) => ({ filters: [...filters, { name: "F", scope: "node", prepareFilter: fail, wakes: {} }] }),
      },
      {
        at: "scoring",
        more: ({ scores }) => ({ scores: [...scores, { weight: 1, plugin: { name: "S", scope: "node", prepareScore: fail } }] }),
      },
      { at: "reserving", more: () => ({ reserves: [{ name: "R", reserve: fail, unreserve: () => undefined }] }) },
      { at: "permitting", more: () => ({ permits: [{ name: "P", permit: async (of) => fail(of) }] }) },
    ];
    for (const { at, more } of faults) {
      it(`places the others when ${at} some pods fails, and those when it does not any more`, async () => {
        api.seed(nodeKind, node({ name: "n2" }));
        await start(more);
        // More than write at once: none of them keeps others from being written.
        await Promise.all(Array.from({ length: 70 }, (_, index) => create({ name: `bad-${index}` })));
        await settle(50);
        await create({ name: "good" });
        await settle(50);
        expect([isOver, nodeOf("good") === "", nodeOf("bad-0")]).to.deep.equal([false, false, ""]);
        expect(term.state.nodes().reduce((sum, { podCount }) => sum + podCount, 0)).to.equal(1);
        isBroken = false;
        await clock.advance(60_000);
        await settle(200);
        expect([isOver, nodeOf("bad-0") === "", nodeOf("bad-69") === ""]).to.deep.equal([false, false, false]);
      });
    }

    it("wakes the others when it cannot say of one whether an event helps", async () => {
      const never: FilterPlugin = {
        name: "Wakes",
        scope: "cluster",
        prepareFilter: (of) =>
          isNamed(of, "free")
            ? undefined
            : { check: () => (isReady ? undefined : refusal("Wakes", "node(s) were not right")), explain: () => [] },
        wakes: { podPlaced: (_, of) => fail(of) ?? true },
      };
      let isReady = false;
      await start(({ filters }) => ({ filters: [...filters, never] }));
      await create({ name: "bad" });
      await create({ name: "waits" });
      await settle();
      isReady = true;
      await create({ name: "free" });
      await clock.advance(10_000);
      await settle();
      expect([nodeOf("free"), nodeOf("waits"), nodeOf("bad")]).to.deep.equal(["n1", "n1", "n1"]);
    });
  });

  it("works on beside stored objects whose quantities are none", async () => {
    api.seed(nodeKind, node({ name: "n1" }));
    await start();
    const odd = { memory: { string: "plenty" }, "example.com/gpu": { string: "?" }, pods: { string: "many" }, cpu: { string: "x" } };
    const container = pod({ name: "odd" }).spec.containers.map((one) => ({ ...one, resources: { requests: odd, limits: {}, claims: [] } }));
    api.change(podKind, keyOfNew(pod({ name: "odd-there", nodeName: "n1" })), (draft) => {
      draft.spec.containers = container;
    });
    api.change(podKind, keyOfNew(pod({ name: "odd-waits", nodeName: "" })), (draft) => {
      draft.spec.containers = container;
    });
    api.seed(nodeKind, node({ name: "n2" }));
    api.change(nodeKind, { namespace: "", name: "n2" }, (draft) => {
      draft.status.allocatable = odd;
    });
    await settle();
    await create({ name: "web" });
    await settle();
    expect([isOver, nodeOf("web"), nodeOf("odd-waits")]).to.deep.equal([false, "n1", "n1"]);
    expect(term.state.node("n2")?.maxPods).to.equal(0);
  });
  const keyOfNew = (seeded: ReturnType<typeof pod>) => key(api.seed(podKind, seeded).metadata.name);

  it("makes no room for a pod that was deleted while it waited for its turn", async () => {
    api.seed(nodeKind, node({ name: "n1", allocatable: { pods: "64" } }));
    api.seed(nodeKind, node({ name: "n2", allocatable: { pods: "1" } }));
    api.seed(podKind, pod({ name: "victim", nodeName: "n2" }));
    const held = deferred();
    api.intercept({ before: ({ verb }) => (verb === "bind" ? held.promise : undefined) });
    await start();
    await Promise.all(Array.from({ length: 64 }, (_, index) => create({ name: `p${index}` })));
    await settle();
    const ghost = await create({ name: "ghost", spec: { priority: 5 } });
    await settle();
    api.remove(podKind, key("ghost"));
    await settle();
    held.resolve();
    await settle(100);
    expect([term.state.nominatedNode(ghost.metadata.uid), term.state.nominatedCount]).to.deep.equal([undefined, 0]);
    expect(found("victim")?.metadata.deletionTimestamp).to.equal(undefined);
    await create({ name: "next", spec: { priority: 6 } });
    await settle();
    expect(term.state.nominatedCount).to.equal(1);
  });

  it("gives the room to others that was assumed for a pod which went elsewhere after all", async () => {
    api.seed(nodeKind, node({ name: "n1", allocatable: { pods: "1" } }));
    let isAway = true;
    const isOfWeb = ({ verb, kind, key: { name } }: Call): boolean =>
      name === "web" && (verb === "bind" || (verb === "get" && kind === podKind));
    api.intercept({
      before: (call) => {
        if (isAway && isOfWeb(call)) throw timedOut("deadline exceeded");
      },
    });
    await start();
    await create({ name: "web" });
    await settle();
    const tolerations = [{ key: "node.kubernetes.io/unschedulable", operator: "Exists" }];
    await create({ name: "next", nodeSelector: { only: "n1" }, tolerations });
    api.seed(nodeKind, node({ name: "n2" }));
    api.change(nodeKind, { namespace: "", name: "n1" }, (draft) => {
      draft.spec.unschedulable = true;
      draft.metadata.labels = { only: "n1" };
    });
    await settle();
    expect(nodeOf("next")).to.equal("");
    isAway = false;
    await clock.advance(12_000);
    await settle();
    expect([nodeOf("web"), nodeOf("next")]).to.deep.equal(["n2", "n1"]);
  });

  it("says that a pod is bound, though what was told of it before took longer", async () => {
    api.seed(nodeKind, node({ name: "n1", unschedulable: true }));
    const held = deferred();
    let isFirst = true;
    api.intercept({
      before: ({ verb, kind }) => {
        if (verb !== "patch" || kind !== podKind || !isFirst) return undefined;
        isFirst = false;
        return held.promise;
      },
    });
    await start();
    await create({ name: "web" });
    await settle();
    api.change(nodeKind, { namespace: "", name: "n1" }, (draft) => {
      draft.spec.unschedulable = false;
    });
    await clock.advance(2_000);
    await settle();
    held.resolve();
    await settle();
    expect([nodeOf("web"), conditionOf("web")?.status]).to.deep.equal(["n1", "True"]);
  });

  describe("while a permit holds a pod back", () => {
    let answer: Deferred<Refusal | undefined>;
    let asked: number;
    let given: number;
    beforeEach(async () => {
      [answer, asked, given] = [deferred(), 0, 0];
      api.seed(nodeKind, node({ name: "n1", allocatable: { pods: "1" } }));
      const permit = (): Promise<Refusal | undefined> => {
        asked++;
        return answer.promise;
      };
      await start(() => ({
        permits: [{ name: "P", permit }],
        reserves: [{ name: "R", reserve: () => undefined, unreserve: () => void given++ }],
      }));
      await create({ name: "web" });
      await settle();
    });

    it("gives back what was reserved for it though it is gone by the time it is refused", async () => {
      api.remove(podKind, key("web"));
      await settle();
      answer.resolve(refusal("P", "node(s) were not permitted"));
      await settle();
      expect([asked, given, term.queue.sizes().taken]).to.deep.equal([1, 1, 0]);
    });

    it("does not try it again because it has given up its own room", async () => {
      answer.resolve(refusal("P", "node(s) were not permitted"));
      await clock.advance(60_000);
      await settle();
      expect([asked, given, term.queue.sizes().unschedulable]).to.deep.equal([1, 1, 1]);
    });

    it("ends with the term, whether or not the permit does", async () => {
      await stop?.();
      stop = undefined;
      expect([nodeOf("web"), given]).to.deep.equal(["", 0]);
    });
  });

  it("does not end because a report fails before those are told whose promise is taken", async () => {
    api.seed(nodeKind, node({ name: "n1", allocatable: { cpu: "4" } }));
    api.seed(podKind, pod({ name: "low", deleting: true, requests: { cpu: "4" } }));
    const shown = { nominatedNodeName: "n1" };
    api.seed(podKind, pod({ name: "middle", nodeName: "", requests: { cpu: "4" }, spec: { priority: 3 }, status: shown }));
    const hidden = deferred();
    await start();
    api.intercept({
      before: ({ verb, key: { name } }) => {
        if (verb === "patch" && name === "high") throw unavailable("away");
        return verb === "patch" && name === "middle" ? hidden.promise : undefined;
      },
    });
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.prependListener("unhandledRejection", note);
    const high = await create({ name: "high", requests: { cpu: "4" }, spec: { priority: 5 } });
    await settle();
    process.off("unhandledRejection", note);
    expect([unhandled, term.state.nominatedNode(high.metadata.uid)]).to.deep.equal([[], "n1"]);
    hidden.resolve();
    await settle();
  });

  describe("with a promised node", () => {
    beforeEach(() => {
      api.seed(nodeKind, node({ name: "n1", allocatable: { cpu: "4" } }));
    });

    it("lets others have the room when the promise is taken back", async () => {
      api.seed(podKind, pod({ name: "leaving", deleting: true, requests: { cpu: "3" } }));
      const important = { priority: 5 };
      api.seed(podKind, pod({ name: "waits", nodeName: "", requests: { cpu: "4" }, spec: important, status: { nominatedNodeName: "n1" } }));
      await start();
      await create({ name: "late", requests: { cpu: "1" } });
      await clock.advance(10_000);
      await settle();
      expect(nodeOf("late")).to.equal("");
      api.change(podKind, key("waits"), (draft) => {
        draft.status.nominatedNodeName = "";
      });
      await settle();
      expect(nodeOf("late")).to.equal("n1");
    });

    it("keeps the promise when the pod's status cannot be written, for others leave the node already", async () => {
      api.seed(podKind, pod({ name: "low", requests: { cpu: "4" } }));
      let failures = 1;
      api.intercept({
        before: ({ verb, key: { name } }) => {
          if (verb === "patch" && name === "high" && failures-- > 0) throw unavailable("away");
        },
      });
      await start();
      const high = await create({ name: "high", requests: { cpu: "4" }, spec: { priority: 5 } });
      await settle();
      expect(found("low")?.metadata.deletionTimestamp).to.not.equal(undefined);
      expect(term.state.nominatedNode(high.metadata.uid)).to.equal("n1");
      api.remove(podKind, key("low"));
      await settle();
      expect(nodeOf("high")).to.equal("n1");
    });
  });
});
