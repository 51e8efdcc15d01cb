import { expect } from "chai";
import { podDisruptionBudget } from "../../../test/builders/index.js";
import { type RankedPod, rankedPod } from "../../../test/fakes/crowded-cluster.js";
import { DisruptionBudgets } from "../cluster/disruption-budgets.js";
import { Nominations } from "../cluster/nominations.js";
import { watchBudgets, watchNominations } from "./watches.js";

describe("watchNominations", () => {
  const shows = (nominatedNodeName: string, options: RankedPod = {}) =>
    rankedPod({ name: "high", nodeName: "", ...options, status: { nominatedNodeName } }).pod;
  let nominations: Nominations;
  let handler: ReturnType<typeof watchNominations>;

  beforeEach(() => {
    nominations = new Nominations();
    handler = watchNominations(nominations, ({ spec }) => spec.schedulerName === "default-scheduler");
  });
  const promised = (): string | undefined => nominations.nodeOf("high");

  it("keeps the promise of an earlier scheduler", () => {
    handler.added?.(shows("n1"));
    expect(promised()).to.equal("n1");
  });

  it("follows one that is given up", () => {
    handler.added?.(shows("n1"));
    handler.updated?.(shows(""), shows("n1"));
    expect(promised()).to.equal(undefined);
  });

  it("does not let an older version of a pod undo what was promised since", () => {
    handler.added?.(shows("n1"));
    nominations.set(rankedPod({ name: "high" }), "n2");
    handler.updated?.(shows(""), shows("n1"));
    handler.updated?.(shows("n1"), shows(""));
    expect(promised()).to.equal("n2");
  });

  it("keeps a promise that the pod does not show yet, with the pod as it is now", () => {
    nominations.set(rankedPod({ name: "high" }), "n1");
    handler.updated?.(shows("", { labels: { new: "yes" } }), shows(""));
    expect(nominations.on("n1").map(({ pod }) => pod.metadata.labels)).to.deep.equal([{ new: "yes" }]);
  });

  const ends: readonly (readonly [string, RankedPod])[] = [
    ["has a node", { nodeName: "n2" }],
    ["is being deleted", { deleting: true }],
    ["has run to its end", { phase: "Failed" }],
    ["is another scheduler's", { spec: { schedulerName: "other" } }],
  ];
  for (const [what, options] of ends) {
    it(`ends the promise to a pod that ${what}`, () => {
      handler.added?.(shows("n1"));
      handler.updated?.(shows("n1", options), shows("n1"));
      expect(promised()).to.equal(undefined);
    });
  }

  it("ends the promise to a pod that is gone", () => {
    handler.added?.(shows("n1"));
    handler.deleted?.(shows("n1"));
    expect(promised()).to.equal(undefined);
  });
});

describe("watchBudgets", () => {
  const web = rankedPod({ name: "web", labels: { app: "web" } });

  it("knows what each budget allows now", () => {
    const budgets = new DisruptionBudgets();
    const handler = watchBudgets(budgets);
    handler.added?.(podDisruptionBudget({ status: { disruptionsAllowed: 1 } }));
    expect(budgets.of(web).map(({ allowed }) => allowed)).to.deep.equal([1]);
    handler.updated?.(podDisruptionBudget({ status: { disruptionsAllowed: 0 } }), podDisruptionBudget());
    expect(budgets.of(web).map(({ allowed }) => allowed)).to.deep.equal([0]);
    handler.deleted?.(podDisruptionBudget());
    expect(budgets.of(web)).to.deep.equal([]);
  });
});
