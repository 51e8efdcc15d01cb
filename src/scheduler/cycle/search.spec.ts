import { expect } from "chai";
import { node, type PodOptions, pod } from "../../../test/builders/index.js";
import { FakeClock } from "../../../test/fakes/fake-clock.js";
import { ClusterState } from "../cluster/cluster-state.js";
import type { NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import { PodShapes } from "../cluster/pod-shapes.js";
import type { FilterPlugin, Profile, ScorePlugin } from "../framework/plugin.js";
import { lastingRefusal, refusal } from "../framework/refusal.js";
import { rankedNodes } from "./attempt.js";
import { Decider } from "./decider.js";

const taken = refusal("Room", "Too many pods");

describe("Decider's search", () => {
  let state: ClusterState;
  let shapes: PodShapes;
  let decider: Decider;
  /** Names of nodes, each time that the filter or the score was asked about one. */
  let asked: string[];
  let scored: string[];

  /** One pod a node; nodes are as good as `goodness` says. */
  const room: FilterPlugin = {
    name: "Room",
    scope: "node",
    prepareFilter: () => ({
      check: ({ name, podCount, maxPods }) => {
        asked.push(name);
        return podCount < maxPods ? undefined : taken;
      },
      explain: () => [],
    }),
    wakes: {},
  };
  let goodness: (node: NodeInfo) => number;
  const good: ScorePlugin = {
    name: "Good",
    scope: "node",
    prepareScore: () => ({
      score: (at) => {
        scored.push(at.name);
        return goodness(at);
      },
    }),
  };
  const profileOf = (more: Partial<Profile> = {}): Profile => ({
    schedulerName: "default-scheduler",
    gates: [],
    filters: [room],
    rescues: [],
    scores: [{ plugin: good, weight: 2 }],
    reserves: [],
    permits: [],
    binds: [],
    percentageOfNodesToScore: 0,
    ...more,
  });
  const profile = profileOf();

  beforeEach(() => {
    state = new ClusterState();
    shapes = new PodShapes();
    decider = new Decider({ cluster: state, clock: new FakeClock() });
    asked = [];
    scored = [];
    goodness = () => 1;
  });

  const addNodes = (count: number, pods = "1"): void => {
    for (let index = 0; index < count; index++) state.setNode(node({ name: `n${index}`, allocatable: { pods } }));
  };
  const info = (name: string, options: PodOptions = {}): PodInfo => shapes.info(pod({ name, nodeName: "", ...options }));

  it("stops when enough nodes will do, and goes on from there the next time", () => {
    addNodes(300);
    const first = decider.decide(info("a"), profile);
    expect([first.nodeCount, first.feasibleCount, asked.length]).to.deep.equal([300, 144, 144]);
    decider.decide(info("b"), profile);
    expect([asked[144], asked.length]).to.deep.equal(["n144", 288]);
  });

  it("looks on for as long as too few nodes will do", () => {
    addNodes(300);
    for (let index = 0; index < 290; index++) state.bound(info(`there-${index}`), `n${index}`);
    const attempt = decider.decide(info("a"), profile);
    expect([attempt.feasibleCount, attempt.refusals.size, attempt.tally.get(taken)]).to.deep.equal([10, 290, 290]);
  });

  it("takes the best of those that it found, and tells of the five best", () => {
    addNodes(20);
    goodness = ({ name }) => (Number(name.slice(1)) * 7) % 20;
    const { nodeName, ranking, feasibleCount } = decider.decide(info("a"), profile);
    expect([nodeName, feasibleCount, ranking.length]).to.deep.equal(["n17", 20, rankedNodes]);
    expect(ranking.map(({ score }) => score)).to.deep.equal([38, 36, 34, 32, 30]);
    expect(ranking[0]?.parts).to.deep.equal([{ plugin: "Good", score: 19, weight: 2 }]);
  });

  it("compares nothing where one node alone will do", () => {
    addNodes(2);
    state.bound(info("there"), "n0");
    const { nodeName, ranking } = decider.decide(info("a"), profile);
    expect([nodeName, ranking, scored]).to.deep.equal(["n1", [], []]);
  });

  it("asks about a node once for all pods alike, until something changes there", () => {
    addNodes(10);
    // The first of a shape is not known to be one of many.
    for (const name of ["a", "b"]) decider.decide(info(name), profile);
    asked = [];
    scored = [];
    decider.decide(info("c"), profile);
    expect([asked, scored]).to.deep.equal([[], []]);

    state.bound(info("there"), "n3");
    state.setNode(node({ name: "n4", allocatable: { pods: "1" } }));
    expect(decider.decide(info("d"), profile).refusals.get("n3")).to.equal(taken);
    expect([asked.sort(), scored]).to.deep.equal([["n3", "n4"], ["n4"]]);
  });

  it("asks anew for a pod that asks for something else, or belongs to another controller", () => {
    addNodes(3);
    for (const name of ["a", "b"]) decider.decide(info(name), profile);
    asked = [];
    decider.decide(info("c", { requests: { cpu: "1" } }), profile);
    decider.decide(info("d", { owner: { kind: "ReplicaSet", apiVersion: "apps/v1", name: "web", uid: "u1" } }), profile);
    expect(asked).to.have.length(6);
  });

  it("remembers nothing of what was tried out", () => {
    addNodes(1);
    for (const name of ["a", "b"]) decider.decide(info(name), profile);
    const within = state.tentatively(({ place }) => {
      place(info("there"), "n0");
      return decider.decide(info("c"), profile).nodeName;
    });
    expect([within, decider.decide(info("d"), profile).nodeName]).to.deep.equal([undefined, "n0"]);
  });

  it("says for which reason of the first filter a node will not do, whatever is remembered", () => {
    addNodes(2);
    const never = lastingRefusal("Never", "node(s) were never right");
    const cluster: FilterPlugin = {
      ...room,
      name: "Never",
      scope: "cluster",
      prepareFilter: () => ({ check: () => never, explain: () => [] }),
    };
    state.bound(info("there"), "n0");
    const both = profileOf({ filters: [cluster, room] });
    const { refusals } = decider.decide(info("a"), both);
    expect([...refusals]).to.deep.equal([
      ["n0", never],
      ["n1", never],
    ]);
  });

  describe("where only some nodes could do", () => {
    const named = (plugin: string, ...names: string[]): FilterPlugin => ({
      ...room,
      name: plugin,
      prepareFilter: (of, cluster) => ({
        ...(room.prepareFilter(of, cluster) ?? { check: () => undefined, explain: () => [] }),
        onlyNodes: new Set(names),
      }),
    });

    it("looks at those alone, and counts the others in Kubernetes' words", () => {
      addNodes(300);
      const { nodeName, refusals, nodeCount } = decider.decide(info("a"), profileOf({ filters: [named("NodeAffinity", "n7", "gone")] }));
      expect([nodeName, asked, nodeCount, refusals.size]).to.deep.equal(["n7", ["n7"], 300, 299]);
      expect(refusals.get("n8")).to.deep.include({ reasons: ["node(s) didn't satisfy plugin(s) [NodeAffinity]"], mayYield: false });
    });

    it("takes those that all name", () => {
      addNodes(3);
      const filters = [named("NodeName", "n1", "n2"), named("NodeAffinity", "n0", "n1")];
      const { nodeName, refusals } = decider.decide(info("a"), profileOf({ filters }));
      expect(nodeName).to.equal("n1");
      expect(refusals.get("n2")?.reasons).to.deep.equal(["node(s) didn't satisfy plugin(s) [NodeAffinity NodeName]"]);
    });
  });

  describe("of nodes that were promised", () => {
    const waiting = (priority: number) => info(`waiting-${priority}`, { spec: { priority } });

    it("leaves the room to pods as important, or more", () => {
      addNodes(2);
      state.nominations.set(waiting(5), "n0");
      for (const priority of [0, 5]) {
        expect(decider.decide(info("a", { spec: { priority } }), profile).refusals.get("n0"), `${priority}`).to.equal(taken);
      }
    });

    it("gives the room to a pod that is more important", () => {
      addNodes(1);
      state.nominations.set(waiting(5), "n0");
      expect(decider.decide(info("a", { spec: { priority: 6 } }), profile).nodeName).to.equal("n0");
    });

    it("takes a pod to the one promised to it, without looking at others", () => {
      addNodes(300);
      state.nominations.set(waiting(5), "n250");
      const { nodeName, feasibleCount } = decider.decide(waiting(5), profile);
      expect([nodeName, feasibleCount, asked]).to.deep.equal(["n250", 1, ["n250"]]);
    });

    it("looks at all when the promised one will not do any more", () => {
      addNodes(2);
      state.nominations.set(waiting(5), "n0");
      state.bound(info("there"), "n0");
      expect(decider.decide(waiting(5), profile).nodeName).to.equal("n1");
    });

    it("wants a node to do also without those to whom it was promised", () => {
      addNodes(2, "5");
      // As a pod does that seeks the company of another.
      const company: FilterPlugin = {
        ...room,
        name: "Company",
        scope: "cluster",
        prepareFilter: () => ({ check: ({ podCount }) => (podCount > 0 ? undefined : taken), explain: () => [] }),
      };
      state.nominations.set(waiting(5), "n0");
      state.bound(info("there"), "n1");
      expect(decider.decide(info("a"), profileOf({ filters: [room, company] })).nodeName).to.equal("n1");
    });
  });

  it("asks those that make room with the filters as they answer within what they try out", () => {
    addNodes(1);
    const there = info("there");
    state.bound(there, "n0");
    let answers: unknown[] = [];
    const rescue: Profile["rescues"][number] = {
      name: "Rescue",
      rescue: ({ check, refusals }, cluster) => {
        const [only] = cluster.nodes();
        if (only === undefined) return { kind: "futile", report: "" };
        const within = cluster.tentatively(({ remove }) => {
          remove(there.uid);
          return check(only);
        });
        answers = [refusals.get("n0"), check(only), within];
        return { kind: "found", nodeName: "n0", victims: [there] };
      },
    };
    expect(decider.decide(info("a"), profileOf({ rescues: [rescue] })).rescue?.kind).to.equal("found");
    expect(answers).to.deep.equal([taken, taken, undefined]);
  });
});
