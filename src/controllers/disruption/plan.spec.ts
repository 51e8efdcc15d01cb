import { expect } from "chai";
import { birthMs, pod, podDisruptionBudget } from "../../../test/builders/index.js";
import type { Whole } from "../../api/object.js";
import { timeFromMs } from "../../api/values/time.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Expectation } from "./expected-pods.js";
import { planBudget } from "./plan.js";
import { staleInMs } from "./stale-disruption.js";

const nowMs = birthMs + 3_600_000;
const minute = 60_000;

describe("planBudget", () => {
  const a = pod({ name: "a" });
  const b = pod({ name: "b" });
  const c = pod({ name: "c" });
  const starting = pod({ name: "starting", ready: false });
  const going = pod({ name: "going", deleting: true });
  const evicted = (agoMs: number) => ({ a: timeFromMs(nowMs - agoMs) });
  const wanting = (expectedPods: number, desiredHealthy: number): Expectation => ({ expectedPods, desiredHealthy, unmanaged: [] });

  const cases: readonly {
    it: string;
    pods: readonly Whole<Pod>[];
    expectation: Expectation;
    evicted?: Record<string, ReturnType<typeof timeFromMs>>;
    healthy: number;
    allowed: number;
    remembers?: string[];
    notDeleted?: string[];
    recountInMs?: number;
  }[] = [
    { it: "allows what is healthy beyond what must be", pods: [a, b, c], expectation: wanting(3, 2), healthy: 3, allowed: 1 },
    { it: "allows nothing when just enough are healthy", pods: [a, b], expectation: wanting(3, 2), healthy: 2, allowed: 0 },
    { it: "allows nothing when too few are healthy", pods: [a, starting], expectation: wanting(3, 2), healthy: 1, allowed: 0 },
    { it: "does not count what is told to go", pods: [a, b, going], expectation: wanting(3, 1), healthy: 2, allowed: 1 },
    { it: "allows nothing where no pod is wanted", pods: [a], expectation: wanting(0, 0), healthy: 1, allowed: 0 },
    { it: "allows nothing without pods", pods: [], expectation: wanting(0, 0), healthy: 0, allowed: 0 },
    {
      it: "does not count a pod whose eviction was allowed",
      pods: [a, b, c],
      expectation: wanting(3, 1),
      evicted: evicted(minute),
      healthy: 2,
      allowed: 1,
      remembers: ["a"],
      recountInMs: minute,
    },
    {
      it: "forgets an eviction once the pod is told to go",
      pods: [pod({ name: "a", deleting: true }), b, c],
      expectation: wanting(3, 1),
      evicted: evicted(minute),
      healthy: 2,
      allowed: 1,
    },
    {
      it: "forgets an eviction once the pod is gone",
      pods: [b, c],
      expectation: wanting(3, 1),
      evicted: evicted(0),
      healthy: 2,
      allowed: 1,
    },
    {
      it: "counts a pod again that has not gone two minutes after its eviction",
      pods: [a, b, c],
      expectation: wanting(3, 1),
      evicted: evicted(2 * minute),
      healthy: 3,
      allowed: 2,
      notDeleted: ["a"],
    },
  ];
  for (const { it: does, pods, expectation, evicted: disruptedPods = {}, healthy, allowed, remembers = [], ...rest } of cases) {
    it(does, () => {
      const plan = planBudget(podDisruptionBudget({ generation: 3, status: { disruptedPods } }), pods, expectation, nowMs);
      const { status } = plan;

      expect(status).to.include({ currentHealthy: healthy, disruptionsAllowed: allowed, observedGeneration: 3 });
      expect(status).to.include({ expectedPods: expectation.expectedPods, desiredHealthy: expectation.desiredHealthy });
      expect(Object.keys(status.disruptedPods)).to.deep.equal(remembers);
      expect(plan.notDeleted.map(({ metadata }) => metadata.name)).to.deep.equal(rest.notDeleted ?? []);
      expect(plan.recountInMs).to.equal(rest.recountInMs);
    });
  }

  it("says whether any may go, and when that last changed", () => {
    const counted = (healthy: readonly Whole<Pod>[], atMs: number, status = {}) =>
      planBudget(podDisruptionBudget({ generation: 2, status }), healthy, wanting(2, 1), atMs).status;
    const first = counted([a, b], nowMs);
    const second = counted([a, b, c], nowMs + minute, first);
    const third = counted([a], nowMs + 2 * minute, second);

    const said = [first, second, third].map(({ conditions: [condition] }) => condition);
    expect(said.map((condition) => [condition?.status, condition?.reason, condition?.observedGeneration])).to.deep.equal([
      ["True", "SufficientPods", 2],
      ["True", "SufficientPods", 2],
      ["False", "InsufficientPods", 2],
    ]);
    expect(said.map((condition) => condition?.lastTransitionTime)).to.deep.equal([
      timeFromMs(nowMs),
      timeFromMs(nowMs),
      timeFromMs(nowMs + 2 * minute),
    ]);
  });
});

describe("staleInMs", () => {
  const target = (status: string, agoMs: number, reason = "EvictionByEvictionAPI") => ({
    type: "DisruptionTarget",
    status,
    reason,
    message: undefined,
    observedGeneration: undefined,
    lastProbeTime: undefined,
    lastTransitionTime: timeFromMs(nowMs - agoMs),
  });
  const cases = [
    { it: "waits two minutes", pod: pod({ status: { conditions: [target("True", minute)] } }), left: minute },
    { it: "is over then", pod: pod({ status: { conditions: [target("True", 3 * minute)] } }), left: 0 },
    { it: "is nothing without the condition", pod: pod(), left: undefined },
    { it: "is nothing once taken back", pod: pod({ status: { conditions: [target("False", 3 * minute)] } }), left: undefined },
    {
      it: "is nothing while the pod goes",
      pod: pod({ deleting: true, status: { conditions: [target("True", 3 * minute)] } }),
      left: undefined,
    },
    {
      it: "is nothing after the pod's end",
      pod: pod({ phase: "Failed", status: { conditions: [target("True", 3 * minute)] } }),
      left: undefined,
    },
    {
      it: "leaves the node's word alone",
      pod: pod({ status: { conditions: [target("True", 3 * minute, "TerminationByKubelet")] } }),
      left: undefined,
    },
  ];
  for (const { it: does, pod: planned, left } of cases) it(does, () => expect(staleInMs(planned, nowMs)).to.equal(left));
});
