import { expect } from "chai";
import { node, pod } from "../../test/builders/index.js";
import type { Call } from "../../test/fakes/fake-api/fake-api.js";
import { settle } from "../../test/fakes/fake-api/settle.js";
import { SchedulingTrial } from "../../test/fakes/scheduling-trial.js";
import { conflict, timedOut, unavailable } from "../api/errors.js";
import { nodeKind } from "../api/kinds/node/kind.js";
import { podKind } from "../api/kinds/pod/kind.js";
import { deferred } from "../base/abort.js";
import type { FilterPlugin } from "./framework/plugin.js";
import { refusal } from "./framework/refusal.js";

describe("SchedulingTerm, when something goes wrong", () => {
  let trial: SchedulingTrial;
  beforeEach(() => {
    trial = new SchedulingTrial();
  });
  afterEach(() => trial.stop());

  const conditionOf = (name: string): string | undefined =>
    trial.found(name)?.status.conditions.find(({ type }) => type === "PodScheduled")?.status;

  it("works on beside stored objects whose quantities are none", async () => {
    trial.api.seed(nodeKind, node({ name: "n1" }));
    await trial.start();
    const odd = { memory: { string: "plenty" }, "example.com/gpu": { string: "?" }, pods: { string: "many" }, cpu: { string: "x" } };
    const container = pod({ name: "odd" }).spec.containers.map((one) => ({ ...one, resources: { requests: odd, limits: {}, claims: [] } }));
    trial.api.seed(podKind, pod({ name: "odd-there", nodeName: "n1" }));
    trial.change("odd-there", (draft) => {
      draft.spec.containers = container;
    });
    trial.api.seed(podKind, pod({ name: "odd-waits", nodeName: "" }));
    trial.change("odd-waits", (draft) => {
      draft.spec.containers = container;
    });
    trial.api.seed(nodeKind, node({ name: "n2" }));
    trial.api.change(nodeKind, { namespace: "", name: "n2" }, (draft) => {
      draft.status.allocatable = odd;
    });
    await settle();
    await trial.create({ name: "web" });
    await settle();
    expect([trial.hasFailed, trial.nodeOf("web"), trial.nodeOf("odd-waits")]).to.deep.equal([false, "n1", "n1"]);
    expect(trial.term.state.node("n2")?.maxPods).to.equal(0);
  });

  it("makes no room for a pod that was deleted while it waited for its turn", async () => {
    trial.api.seed(nodeKind, node({ name: "n1", allocatable: { pods: "64" } }));
    trial.api.seed(nodeKind, node({ name: "n2", allocatable: { pods: "1" } }));
    trial.api.seed(podKind, pod({ name: "victim", nodeName: "n2" }));
    const held = deferred();
    trial.api.intercept({ before: ({ verb }) => (verb === "bind" ? held.promise : undefined) });
    await trial.start();
    await Promise.all(Array.from({ length: 64 }, (_, index) => trial.create({ name: `p${index}` })));
    await settle();
    const ghost = await trial.create({ name: "ghost", spec: { priority: 5 } });
    await settle();
    trial.remove("ghost");
    await settle();
    held.resolve();
    await settle(100);
    expect([trial.term.state.nominatedNode(ghost.metadata.uid), trial.term.state.nominatedCount]).to.deep.equal([undefined, 0]);
    expect(trial.found("victim")?.metadata.deletionTimestamp).to.equal(undefined);
    await trial.create({ name: "next", spec: { priority: 6 } });
    await settle();
    expect(trial.term.state.nominatedCount).to.equal(1);
  });

  it("gives the room to others that was assumed for a pod which went elsewhere after all", async () => {
    trial.api.seed(nodeKind, node({ name: "n1", allocatable: { pods: "1" } }));
    let isAway = true;
    const isOfWeb = ({ verb, kind, key: { name } }: Call): boolean =>
      name === "web" && (verb === "bind" || (verb === "get" && kind === podKind));
    trial.api.intercept({
      before: (call) => {
        if (isAway && isOfWeb(call)) throw timedOut("deadline exceeded");
      },
    });
    await trial.start();
    await trial.create({ name: "web" });
    await settle();
    const tolerations = [{ key: "node.kubernetes.io/unschedulable", operator: "Exists" }];
    await trial.create({ name: "next", nodeSelector: { only: "n1" }, tolerations });
    trial.api.seed(nodeKind, node({ name: "n2" }));
    trial.api.change(nodeKind, { namespace: "", name: "n1" }, (draft) => {
      draft.spec.unschedulable = true;
      draft.metadata.labels = { only: "n1" };
    });
    await settle();
    expect(trial.nodeOf("next")).to.equal("");
    isAway = false;
    await trial.clock.advance(12_000);
    await settle();
    expect([trial.nodeOf("web"), trial.nodeOf("next")]).to.deep.equal(["n2", "n1"]);
  });

  it("tells of a pod that another has bound elsewhere, before that is seen", async () => {
    trial.api.seed(nodeKind, node({ name: "n1" }));
    trial.api.seed(nodeKind, node({ name: "n2", unschedulable: true }));
    const told: string[] = [];
    const listens: FilterPlugin = {
      name: "Listens",
      scope: "cluster",
      prepareFilter: ({ pod: { metadata } }) =>
        metadata.name === "web" ? undefined : { check: () => refusal("Listens", "node(s) were not it"), explain: () => [] },
      wakes: { podPlaced: ({ nodeName }) => told.push(nodeName) < 0 },
    };
    await trial.start(({ filters }) => ({ filters: [...filters, listens] }));
    await trial.create({ name: "listener" });
    await settle();
    let release = (): void => undefined;
    trial.api.intercept({
      before: ({ verb }) => {
        if (verb !== "bind") return;
        release = trial.api.freeze(podKind);
        trial.change("web", (draft) => {
          draft.spec.nodeName = "n2";
        });
        throw conflict({ group: "", kind: "pods", name: "web" });
      },
    });
    await trial.create({ name: "web" });
    await settle();
    expect(told).to.deep.equal(["n1", "n2"]);
    release();
    await settle();
    expect([told, trial.term.state.nodes().map(({ podCount }) => podCount)]).to.deep.equal([
      ["n1", "n2"],
      [0, 1],
    ]);
  });

  it("leaves reserved what a pod needs that is seen bound while its binding's answer is lost", async () => {
    trial.api.seed(nodeKind, node({ name: "n1" }));
    let reserved = 0;
    const asked = deferred();
    const lost = deferred();
    trial.api.intercept({
      after: ({ verb }) => {
        if (verb === "bind") throw timedOut("deadline exceeded");
      },
      before: async ({ verb }) => {
        if (verb !== "get") return;
        asked.resolve();
        await lost.promise;
        throw timedOut("deadline exceeded");
      },
    });
    await trial.start(() => ({ reserves: [{ name: "R", reserve: () => void reserved++, unreserve: () => void reserved-- }] }));
    await trial.create({ name: "web" });
    await asked.promise;
    await settle();
    lost.resolve();
    await trial.clock.advance(10_000);
    await settle();
    expect([trial.nodeOf("web"), reserved]).to.deep.equal(["n1", 1]);
  });

  it("says that a pod is bound, though what was told of it before took longer", async () => {
    trial.api.seed(nodeKind, node({ name: "n1", unschedulable: true }));
    const held = deferred();
    let isFirst = true;
    trial.api.intercept({
      before: ({ verb, kind }) => {
        if (verb !== "patch" || kind !== podKind || !isFirst) return undefined;
        isFirst = false;
        return held.promise;
      },
    });
    await trial.start();
    await trial.create({ name: "web" });
    await settle();
    trial.api.change(nodeKind, { namespace: "", name: "n1" }, (draft) => {
      draft.spec.unschedulable = false;
    });
    await trial.clock.advance(2_000);
    await settle();
    held.resolve();
    await settle();
    expect([trial.nodeOf("web"), conditionOf("web")]).to.deep.equal(["n1", "True"]);
  });

  it("does not end because a report fails before those are told whose promise is taken", async () => {
    trial.api.seed(nodeKind, node({ name: "n1", allocatable: { cpu: "4" } }));
    trial.api.seed(podKind, pod({ name: "low", deleting: true, requests: { cpu: "4" } }));
    const shown = { nominatedNodeName: "n1" };
    trial.api.seed(podKind, pod({ name: "middle", nodeName: "", requests: { cpu: "4" }, spec: { priority: 3 }, status: shown }));
    const hidden = deferred();
    await trial.start();
    trial.api.intercept({
      before: ({ verb, key: { name } }) => {
        if (verb === "patch" && name === "high") throw unavailable("away");
        return verb === "patch" && name === "middle" ? hidden.promise : undefined;
      },
    });
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.prependListener("unhandledRejection", note);
    const high = await trial.create({ name: "high", requests: { cpu: "4" }, spec: { priority: 5 } });
    await settle();
    process.off("unhandledRejection", note);
    expect([unhandled, trial.term.state.nominatedNode(high.metadata.uid)]).to.deep.equal([[], "n1"]);
    hidden.resolve();
    await settle();
  });

  describe("with a promised node", () => {
    beforeEach(() => {
      trial.api.seed(nodeKind, node({ name: "n1", allocatable: { cpu: "4" } }));
    });

    it("lets others have the room when the promise is taken back", async () => {
      trial.api.seed(podKind, pod({ name: "leaving", deleting: true, requests: { cpu: "3" } }));
      const important = { priority: 5 };
      trial.api.seed(
        podKind,
        pod({ name: "waits", nodeName: "", requests: { cpu: "4" }, spec: important, status: { nominatedNodeName: "n1" } }),
      );
      await trial.start();
      await trial.create({ name: "late", requests: { cpu: "1" } });
      await trial.clock.advance(10_000);
      await settle();
      expect(trial.nodeOf("late")).to.equal("");
      trial.change("waits", (draft) => {
        draft.status.nominatedNodeName = "";
      });
      await settle();
      expect(trial.nodeOf("late")).to.equal("n1");
    });

    it("keeps the promise when the pod's status cannot be written, for others leave the node already", async () => {
      trial.api.seed(podKind, pod({ name: "low", requests: { cpu: "4" } }));
      let failures = 1;
      trial.api.intercept({
        before: ({ verb, key: { name } }) => {
          if (verb === "patch" && name === "high" && failures-- > 0) throw unavailable("away");
        },
      });
      await trial.start();
      const high = await trial.create({ name: "high", requests: { cpu: "4" }, spec: { priority: 5 } });
      await settle();
      expect(trial.found("low")?.metadata.deletionTimestamp).to.not.equal(undefined);
      expect(trial.term.state.nominatedNode(high.metadata.uid)).to.equal("n1");
      trial.remove("low");
      await settle();
      expect(trial.nodeOf("high")).to.equal("n1");
    });
  });
});
