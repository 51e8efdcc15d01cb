import { expect } from "chai";
import { podDisruptionBudget } from "../../../test/builders/index.js";
import { rankedPod } from "../../../test/fakes/crowded-cluster.js";
import { timeFromMs } from "../../api/values/time.js";
import { DisruptionBudgets } from "./disruption-budgets.js";

describe("DisruptionBudgets", () => {
  const labels = { app: "web" };
  const [a, b] = ["a", "b"].map((name) => rankedPod({ name, labels })) as [ReturnType<typeof rankedPod>, ReturnType<typeof rankedPod>];
  let budgets: DisruptionBudgets;
  const counted = (disruptionsAllowed: number, more: object = {}): void =>
    budgets.set(podDisruptionBudget({ uid: "web", status: { disruptionsAllowed, ...more } }));
  const allowed = (pod = b): readonly number[] => budgets.of(pod).map((budget) => budget.allowed);

  beforeEach(() => {
    budgets = new DisruptionBudgets();
    counted(2);
  });

  it("say how many of a pod's like may go", () => {
    expect(allowed()).to.deep.equal([2]);
    expect(allowed(rankedPod({ name: "other" }))).to.deep.equal([]);
  });

  it("say nothing of a pod whose eviction they have counted", () => {
    counted(0, { disruptedPods: { b: timeFromMs(1) } });
    expect(allowed()).to.deep.equal([]);
  });

  it("count a pod that is made to leave before their status does, once", () => {
    budgets.take(a);
    budgets.take(a);
    expect([allowed(), allowed(a)]).to.deep.equal([[1], []]);
  });

  it("count it no more when they were counted after it was seen to be going", () => {
    budgets.take(a);
    counted(2);
    expect(allowed(), "counted before").to.deep.equal([1]);
    budgets.going("a");
    expect(allowed(), "not counted yet").to.deep.equal([1]);
    counted(1);
    expect(allowed()).to.deep.equal([1]);
  });

  it("count it no more when it has gone, or stays", () => {
    budgets.take(a);
    budgets.giveBack("a");
    expect(allowed()).to.deep.equal([2]);
  });

  it("count it for each that protects it", () => {
    budgets.set(podDisruptionBudget({ name: "all", uid: "all", matchLabels: {}, status: { disruptionsAllowed: 5 } }));
    budgets.take(a);
    budgets.going("a");
    counted(1);
    expect(allowed()).to.deep.equal([1, 4]);
  });

  it("tell with each change that something has", () => {
    const generations = [budgets.generation];
    budgets.take(a);
    generations.push(budgets.generation);
    budgets.giveBack("a");
    generations.push(budgets.generation);
    expect(new Set(generations).size).to.equal(3);
  });
});
