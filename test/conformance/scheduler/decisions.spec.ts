import { expect } from "chai";
import fc from "fast-check";
import { ClusterState } from "../../../src/scheduler/cluster/cluster-state.js";
import { PodShapes } from "../../../src/scheduler/cluster/pod-shapes.js";
import type { Attempt } from "../../../src/scheduler/cycle/attempt.js";
import { Decider } from "../../../src/scheduler/cycle/decider.js";
import { createDefaultProfile } from "../../../src/scheduler/default-profile.js";
import type { Profile } from "../../../src/scheduler/framework/plugin.js";
import { FakeClock } from "../../fakes/fake-clock.js";
import { pluginContext } from "../../fakes/plugin-context.js";
import { runs, seed } from "../../fuzz/runs.js";
import { arbitraryCrowd, arbitraryHistory, type Step } from "./reference/arbitrary.js";
import { feasibleNodes } from "./reference/feasible.js";
import type { Model, ModelNode, ModelPod, PlacedPod } from "./reference/model.js";
import { nodeOf, podOf } from "./reference/objects.js";
import { scoresOf } from "./reference/scores.js";

/** Kubernetes compares no fewer nodes than these, if there are so many that will do. */
const leastSampled = 100;
const teams = { blue: "one", red: "two" };
// Sums of shares differ in their last digits with the order of additions.
const epsilon = 1e-6;

/** The scheduler's state and the same as a model, kept side by side through a history. */
class SideBySide {
  private readonly state = new ClusterState();
  // So that what is remembered of pods alike is put to the test too.
  private readonly shapes = new PodShapes();
  private readonly decider: Decider;
  private readonly profile: Profile;
  private readonly nodes = new Map<string, ModelNode>();
  private placed: PlacedPod[] = [];
  private readonly decided: ModelPod[] = [];
  /** The nodes among which the last choice was made. */
  private sampled: readonly string[] = [];

  constructor() {
    const clock = new FakeClock();
    for (const [name, team] of Object.entries(teams)) this.state.setNamespace(name, { team });
    const profile = createDefaultProfile(pluginContext(this.state, clock));
    const eavesdropper = {
      name: "Eavesdropper",
      scope: "cluster" as const,
      prepareScore: (_pod: unknown, _cluster: unknown, feasible: readonly { readonly name: string }[]) => {
        this.sampled = feasible.map(({ name }) => name);
        return undefined;
      },
    };
    this.profile = { ...profile, rescues: [], scores: [...profile.scores, { plugin: eavesdropper, weight: 0 }] };
    this.decider = new Decider({ cluster: this.state, clock });
  }

  take(step: Step): void {
    switch (step.kind) {
      case "node":
        this.nodes.set(step.node.name, step.node);
        this.state.setNode(nodeOf(step.node));
        return;
      case "node gone":
        this.nodes.delete(step.name);
        this.state.removeNode(step.name);
        return;
      case "pod":
        this.decide(step.pod);
        return;
      case "another": {
        const like = this.decided[step.of % Math.max(1, this.decided.length)];
        if (like !== undefined) this.decide(like);
        return;
      }
      case "pod gone": {
        const gone = this.placed[step.which % Math.max(1, this.placed.length)];
        if (gone === undefined) return;
        this.placed = this.placed.filter((other) => other !== gone);
        this.state.remove(podOf(gone.pod, gone.nodeName).metadata.uid);
      }
    }
  }

  private decide(like: ModelPod): void {
    const pod = { ...like, name: `p${this.decided.length}` };
    this.decided.push(pod);
    const model: Model = { nodes: [...this.nodes.values()], placed: this.placed, teams };
    this.sampled = [];
    const attempt = this.decider.decide(this.shapes.info(podOf(pod)), this.profile);
    check(attempt, this.sampled, pod, model);
    if (attempt.nodeName === undefined) return;
    this.placed.push({ pod, nodeName: attempt.nodeName });
    this.state.bound(this.shapes.info(podOf(pod, attempt.nodeName)), attempt.nodeName);
  }
}

function check({ nodeName, refusals }: Attempt, sampled: readonly string[], pod: ModelPod, model: Model): void {
  const feasible = feasibleNodes(pod, model);
  const refused = model.nodes.map(({ name }) => name).filter((name) => !feasible.includes(name));
  // Once enough nodes will do, the others are not looked at.
  if (feasible.length <= leastSampled) expect([...refusals.keys()].sort(), "refused").to.deep.equal(refused.sort());
  else expect(refused, "refused").to.include.members([...refusals.keys()]);
  if (nodeName === undefined) {
    expect(feasible, "feasible").to.deep.equal([]);
    return;
  }
  expect(feasible, "chosen").to.include(nodeName);
  if (feasible.length === 1) return;
  expect(feasible, "sampled").to.include.members([...sampled]);
  expect(sampled.length, "how many were sampled").to.be.at.least(Math.min(feasible.length, leastSampled));
  const candidates = sampled.flatMap((name) => model.nodes.find((node) => node.name === name) ?? []);
  const scores = scoresOf(pod, candidates, model);
  const own = scores[candidates.findIndex(({ name }) => name === nodeName)] ?? Number.NaN;
  const told = candidates.map(({ name }, index) => `${name}: ${scores[index]}`).join(", ");
  expect(own, `${nodeName} among ${told}`).to.be.at.least(Math.max(...scores) - epsilon);
}

describe("decisions of the scheduler", function () {
  this.timeout(300_000);

  it("are those of a slow and plain reference: the same nodes will do, and the best of them is chosen", () => {
    fc.assert(
      fc.property(arbitraryHistory, (history) => {
        const both = new SideBySide();
        for (const step of history) both.take(step);
      }),
      { numRuns: 2 * runs, seed },
    );
  });

  it("are the best among the nodes that were compared, where there are too many to compare all", () => {
    fc.assert(
      fc.property(arbitraryCrowd(160), (history) => {
        const both = new SideBySide();
        for (const step of history) both.take(step);
      }),
      { numRuns: Math.ceil(runs / 10), seed },
    );
  });
});
