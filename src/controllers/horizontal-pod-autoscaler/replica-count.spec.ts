import { expect } from "chai";
import { averageOf, countByPods, countByShare, countByValue, utilizationOf } from "./replica-count.js";

const tolerances = { up: 0.1, down: 0.1 };

interface Case {
  readonly it: string;
  /** Of ready pods, in millicores; each requests 1,000. */
  readonly uses: readonly number[];
  readonly unready?: number;
  readonly missing?: number;
  /** Pods that are going, of which there are samples. */
  readonly ignored?: number;
  /** In percent. */
  readonly target: number;
  readonly current?: number;
  readonly replicas: number;
  readonly utilization: number;
}

describe("countByPods", () => {
  // The first figures are those of Kubernetes' own examples.
  const cases: readonly Case[] = [
    { it: "scales up in proportion", uses: [300, 500, 700], target: 30, replicas: 5, utilization: 50 },
    { it: "scales down in proportion", uses: [100, 300, 500, 250, 250], target: 50, replicas: 3, utilization: 28 },
    { it: "stays within the tolerance", uses: [1_010, 1_030, 1_020], target: 100, replicas: 3, utilization: 102 },
    { it: "stays at the tolerance's bound", uses: [1_100, 1_100], target: 100, replicas: 2, utilization: 110 },
    { it: "rounds up", uses: [900, 900], target: 50, replicas: 4, utilization: 90 },
    { it: "does not count what is going", uses: [500, 500], ignored: 3, target: 100, replicas: 1, utilization: 50 },
    {
      it: "takes unready pods to use nothing when there is too much",
      uses: [300, 500, 700],
      unready: 3,
      target: 30,
      current: 6,
      replicas: 6,
      utilization: 50,
    },
    {
      it: "scales up all the same when it is much too much",
      uses: [900, 900],
      unready: 1,
      target: 30,
      current: 3,
      replicas: 6,
      utilization: 90,
    },
    {
      it: "does not count unready pods when there is too little",
      uses: [100, 100],
      unready: 2,
      target: 100,
      current: 4,
      replicas: 1,
      utilization: 10,
    },
    {
      it: "takes missing pods to use nothing when there is too much",
      uses: [1_500],
      missing: 1,
      target: 100,
      current: 2,
      replicas: 2,
      utilization: 150,
    },
    {
      it: "takes missing pods to use all that they request when there is too little",
      uses: [100, 100],
      missing: 2,
      target: 100,
      current: 4,
      replicas: 3,
      utilization: 10,
    },
    {
      it: "takes missing pods to use their target where that is more than they request",
      uses: [100, 100],
      missing: 2,
      target: 200,
      current: 4,
      replicas: 3,
      utilization: 10,
    },
    {
      it: "does nothing when what is missing would turn it round",
      uses: [400, 500, 700],
      missing: 1,
      target: 60,
      current: 4,
      replicas: 4,
      utilization: 53,
    },
    {
      it: "does not have fewer when there is too much",
      uses: [1_300],
      missing: 0,
      unready: 1,
      target: 50,
      current: 5,
      replicas: 5,
      utilization: 130,
    },
  ];
  const names = (prefix: string, count = 0): string[] => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  for (const { it: does, uses, unready, missing, ignored, target, current = uses.length, replicas, utilization } of cases) {
    it(does, () => {
      const sample = (milli: number) => ({ milli, measuredAtMs: 0, windowMs: 0 });
      const samples = new Map([
        ...uses.map((milli, index) => [`ready-${index}`, sample(milli)] as const),
        ...[...names("unready", unready), ...names("ignored", ignored)].map((name) => [name, sample(9_999)] as const),
      ]);
      const groups = {
        measured: uses.length,
        unready: new Set(names("unready", unready)),
        missing: new Set(names("missing", missing)),
        ignored: new Set(names("ignored", ignored)),
      };
      const all = [...samples.keys(), ...groups.missing];
      const yardstick = utilizationOf(target, new Map(all.map((name) => [name, 1_000])));
      const count = countByPods({ current, groups, samples, yardstick, tolerances });
      expect([count.replicas, count.usage.utilization]).to.deep.equal([replicas, utilization]);
    });
  }

  it("goes by an average where that is the target", () => {
    const samples = new Map([20_000, 10_000, 10_000].map((milli, index) => [`${index}`, { milli, measuredAtMs: 0, windowMs: 0 }]));
    const groups = { measured: 3, unready: new Set<string>(), missing: new Set<string>(), ignored: new Set<string>() };
    const count = countByPods({ current: 3, groups, samples, yardstick: averageOf(8_000), tolerances });
    expect(count).to.deep.equal({ replicas: 5, usage: { ratio: 1.666625, average: 13_333 } });
  });

  it("goes by the tolerance of each direction", () => {
    const groups = { measured: 10, unready: new Set<string>(), missing: new Set<string>(), ignored: new Set<string>() };
    const replicasAt = (milli: number): number => {
      const samples = new Map(Array.from({ length: 10 }, (_, index) => [`${index}`, { milli, measuredAtMs: 0, windowMs: 0 }]));
      return countByPods({ current: 10, groups, samples, yardstick: averageOf(1_000), tolerances: { up: 0, down: 0.5 } }).replicas;
    };
    expect([replicasAt(1_050), replicasAt(600), replicasAt(400)]).to.deep.equal([11, 10, 4]);
  });

  it("asks for nothing when nothing is known", () => {
    const groups = { measured: 0, unready: new Set(["a"]), missing: new Set<string>(), ignored: new Set<string>() };
    const samples = new Map([["a", { milli: 1, measuredAtMs: 0, windowMs: 0 }]]);
    expect(() => countByPods({ current: 1, groups, samples, yardstick: averageOf(1), tolerances })).to.throw(
      "did not receive metrics for targeted pods (pods might be unready)",
    );
  });
});

describe("countByValue", () => {
  const cases = [
    { it: "counts the pods that are ready", milli: 30_000, current: 2, ready: 3, replicas: 5 },
    { it: "stays within the tolerance", milli: 21_000, current: 2, ready: 3, replicas: 2 },
    { it: "scales up from nothing", milli: 30_000, current: 0, ready: 0, replicas: 2 },
    { it: "scales down", milli: 5_000, current: 4, ready: 4, replicas: 1 },
  ];
  for (const { it: does, milli, current, ready, replicas } of cases) {
    it(does, () => expect(countByValue(milli, 20_000, { current, ready, tolerances })).to.equal(replicas));
  }
});

describe("countByShare", () => {
  const cases = [
    { it: "gives each its share", milli: 86_000, counted: 3, replicas: 9 },
    { it: "stays within the tolerance", milli: 31_000, counted: 3, replicas: 3 },
    { it: "scales up from nothing", milli: 25_000, counted: 0, replicas: 3 },
  ];
  for (const { it: does, milli, counted, replicas } of cases) {
    it(does, () => expect(countByShare(milli, 10_000, counted, tolerances)).to.equal(replicas));
  }
});
