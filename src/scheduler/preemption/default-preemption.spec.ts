import { expect } from "chai";
import fc from "fast-check";
import { podDisruptionBudget } from "../../../test/builders/index.js";
import {
  type CrowdedCluster,
  crowdedCluster,
  failedAttempt,
  type RankedPod,
  rankedPod,
  whyNot,
} from "../../../test/fakes/crowded-cluster.js";
import { timeFromMs } from "../../api/values/time.js";
import type { RescueOutcome } from "../framework/plugin.js";
import { lastingRefusal } from "../framework/refusal.js";
import { createDefaultPreemption, type DefaultPreemptionArgs } from "./default-preemption.js";

const preempted = {
  conditions: [{ type: "DisruptionTarget", status: "True", reason: "PreemptionByScheduler" }],
} as const;

function rescue(cluster: CrowdedCluster, args?: DefaultPreemptionArgs): string {
  const { state, failed } = crowdedCluster(cluster);
  return shown(createDefaultPreemption(args).rescue(failed, state));
}

const shown = (outcome: RescueOutcome): string =>
  outcome.kind === "found" ? `${outcome.nodeName}: ${outcome.victims.map(({ uid }) => uid).join(" ")}` : outcome.report;

describe("DefaultPreemption", () => {
  const high: RankedPod = { priority: 10, requests: { cpu: "4" } };

  it("empties the node where that costs least", () => {
    const nodes = ["n1", "n2", "n3"].map((name) => ({ name }));
    const placed = [
      { name: "a", nodeName: "n1", priority: 5, requests: { cpu: "4" } },
      { name: "b", nodeName: "n2", priority: 3, requests: { cpu: "4" } },
      { name: "c", nodeName: "n3", priority: 4, requests: { cpu: "4" } },
    ];
    expect(rescue({ nodes, placed, pod: high })).to.equal("n2: b");
  });

  it("says of every node why nothing helps, in Kubernetes' words", () => {
    const nodes = ["n1", "n2", "n3", "n4", "n5"].map((name) => ({ name, unschedulable: name > "n3" }));
    const placed = ["n1", "n2", "n3"].map((nodeName) => ({ name: nodeName, nodeName, priority: 10, requests: { cpu: "4" } }));
    expect(rescue({ nodes, placed, pod: high })).to.equal(
      "preemption: 0/5 nodes are available: 2 Preemption is not helpful for scheduling, 3 No preemption victims found for incoming pod.",
    );
  });

  it("says what is missing still where victims would not be enough", () => {
    const placed = [{ name: "low", nodeName: "n1", requests: { cpu: "1" } }];
    expect(rescue({ nodes: [{ name: "n1" }], placed, pod: { priority: 10, requests: { cpu: "5" } } })).to.equal(
      "preemption: 0/1 nodes are available: 1 Insufficient cpu.",
    );
  });

  it("evicts nobody for a pod that must not preempt", () => {
    const placed = [{ name: "low", nodeName: "n1", requests: { cpu: "4" } }];
    expect(rescue({ nodes: [{ name: "n1" }], placed, pod: { ...high, spec: { preemptionPolicy: "Never" } } })).to.equal(
      "preemption: not eligible due to preemptionPolicy=Never.",
    );
  });

  describe("for a pod with a node promised to it", () => {
    const nodes = [{ name: "n1" }, { name: "n2" }];
    const others = [{ name: "b", nodeName: "n2", priority: 1, requests: { cpu: "4" } }];
    const going: RankedPod = {
      name: "a",
      nodeName: "n1",
      priority: 5,
      requests: { cpu: "4" },
      deleting: true,
      status: { ...preempted } as RankedPod["status"] & object,
    };
    const waits = "preemption: not eligible due to a terminating pod on the nominated node.";
    const cases: readonly { readonly it: string; readonly victim: RankedPod; readonly cordoned?: boolean; readonly says: string }[] = [
      { it: "waits while a victim leaves it", victim: going, says: waits },
      { it: "does not wait for pods that leave for another reason", victim: { ...going, status: {} }, says: "n2: b" },
      { it: "does not wait for what is no less important", victim: { ...going, priority: 10 }, says: "n2: b" },
      { it: "looks elsewhere when the node will not do any more", victim: going, cordoned: true, says: "n2: b" },
    ];
    for (const { it: does, victim, cordoned = false, says } of cases) {
      it(does, () => {
        const { state, failed } = crowdedCluster({ nodes, placed: [victim, ...others], pod: high });
        state.nominations.set(failed.pod, "n1");
        const refusals = cordoned ? new Map([...failed.refusals, ["n1", lastingRefusal("x", "y")] as const]) : failed.refusals;
        expect(shown(createDefaultPreemption().rescue({ ...failed, refusals }, state))).to.equal(says);
      });
    }
  });

  describe("looks at", () => {
    const nodes = Array.from({ length: 20 }, (_, index) => ({ name: `n${index}` }));
    // Each costs less than the one before it.
    const placed = nodes.map(({ name }, index) => ({ name: `p${index}`, nodeName: name, priority: -index, requests: { cpu: "4" } }));

    it("so many candidates only as it is told", () => {
      expect(rescue({ nodes, placed, pod: high }, { minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 1 })).to.equal("n1: p1");
      expect(rescue({ nodes, placed, pod: high }, { minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 5 })).to.equal("n4: p4");
      expect(rescue({ nodes, placed, pod: high })).to.equal("n19: p19");
    });

    it("others the next time", () => {
      const { state, failed } = crowdedCluster({ nodes, placed, pod: high });
      const plugin = createDefaultPreemption({ minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 1 });
      expect([1, 2, 3].map(() => shown(plugin.rescue(failed, state)))).to.deep.equal(["n1: p1", "n3: p3", "n5: p5"]);
    });

    it("more of them until one violates no budget", () => {
      const protectedPods = placed.map((pod, index) => ({ ...pod, ...(index < 7 ? { labels: { app: "web" } } : {}) }));
      const args = { minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 2 };
      expect(rescue({ nodes, placed: protectedPods, pod: high, budgets: [{ allowed: 0 }] }, args)).to.equal("n7: p7");
    });
  });

  it("finds with what it remembers what it would find without, whatever changes in between", () => {
    const changes = fc.array(fc.record({ remove: fc.nat(13), allowed: fc.nat(2), promise: fc.boolean() }), { maxLength: 6 });
    fc.assert(
      fc.property(crowded, changes, (cluster, steps) => {
        const { state, failed } = crowdedCluster(cluster);
        const shape = { ...failed.pod, spec: failed.pod.pod.spec };
        const remembering = createDefaultPreemption();
        const rescued = (): void => {
          const now = failedAttempt({ ...failed.pod, shape }, state);
          expect(remembering.rescue(now, state)).to.deep.equal(createDefaultPreemption().rescue(now, state));
        };
        rescued();
        for (const { remove, allowed, promise } of steps) {
          state.remove(`p${remove}`);
          state.budgets.set(podDisruptionBudget({ name: "web", uid: "web", status: { disruptionsAllowed: allowed } }));
          if (promise) state.nominations.set(rankedPod({ name: "other", nodeName: "", priority: 9, requests: { cpu: "1" } }), "n0");
          else state.nominations.delete("other");
          rescued();
        }
      }),
      { numRuns: 200 },
    );
  });

  it("chooses what brute force does, and leaves the cluster as it was", () => {
    fc.assert(
      fc.property(crowded, (cluster) => {
        const { state, failed } = crowdedCluster(cluster);
        const before = loads(state);
        const outcome = createDefaultPreemption().rescue(failed, state);
        expect(loads(state)).to.deep.equal(before);
        const expected = bruteForce(cluster);
        if (outcome.kind !== "found") {
          expect(expected).to.deep.equal([]);
          return;
        }
        // Which of equally good nodes it is does not matter.
        expect(expected).to.deep.include([outcome.nodeName, ...outcome.victims.map(({ uid }) => uid).sort()]);
        for (const victim of outcome.victims) expect(victim.priority).to.be.lessThan(failed.pod.priority);
        for (const { uid } of outcome.victims) state.remove(uid);
        expect(failedAttempt(failed.pod, state).refusals.has(outcome.nodeName)).to.equal(false);
      }),
      { numRuns: 500 },
    );
  });
});

const loads = (state: ReturnType<typeof crowdedCluster>["state"]): object =>
  state.nodes().map(({ name, generation, requested, pods }) => ({ name, generation, requested, pods: [...pods.keys()].sort() }));

/** Up to four nodes of up to five pods each, some protected, and a pod that fits nowhere as it is. */
const crowded: fc.Arbitrary<CrowdedCluster> = fc
  .record({
    nodes: fc.array(fc.record({ cpu: fc.integer({ min: 2, max: 6 }), pods: fc.integer({ min: 2, max: 5 }), unschedulable: fc.boolean() }), {
      minLength: 1,
      maxLength: 4,
    }),
    pods: fc.array(
      fc.record({
        node: fc.nat(3),
        priority: fc.integer({ min: -2, max: 4 }),
        cpu: fc.integer({ min: 0, max: 3 }),
        startMs: fc.integer({ min: 1, max: 3 }),
        app: fc.constantFrom("web", "db", "none"),
      }),
      { maxLength: 14 },
    ),
    allowed: fc.tuple(fc.nat(2), fc.nat(2)),
    wanted: fc.record({ priority: fc.integer({ min: 0, max: 5 }), cpu: fc.integer({ min: 1, max: 6 }) }),
  })
  .map(({ nodes, pods, allowed, wanted }) => ({
    nodes: nodes.map(({ cpu, pods: most, unschedulable }, index) => ({
      name: `n${index}`,
      unschedulable: unschedulable && index > 1,
      allocatable: { cpu: `${cpu}`, pods: `${most}` },
    })),
    placed: pods
      .filter(({ node }) => node < nodes.length)
      .map(({ node, priority, cpu, startMs, app }, index) => ({
        name: `p${index}`,
        nodeName: `n${node}`,
        priority,
        requests: { cpu: `${cpu}` },
        labels: { app },
        // All different, so that there is one right answer on each node.
        status: { startTime: timeFromMs(startMs * 100_000 + index * 1_000) },
      })),
    budgets: [
      { name: "web", allowed: allowed[0] },
      { name: "db", allowed: allowed[1] },
    ],
    pod: { priority: wanted.priority, requests: { cpu: `${wanted.cpu}` } },
  }));

interface Option {
  readonly nodeName: string;
  readonly gone: readonly RankedPod[];
  /** By the pods in the order in which they are to be kept: whether each goes. */
  readonly order: string;
  readonly violations: number;
}

/** All the best choices of a node and pods to leave it, from every subset of the pods of every node. */
function bruteForce(cluster: CrowdedCluster): string[][] {
  const { state, failed } = crowdedCluster(cluster);
  const perNode = state.nodes().flatMap((node): Option[] => {
    if (failed.refusals.get(node.name)?.mayYield !== true) return [];
    const lower = cluster.placed.filter((pod) => pod.nodeName === node.name && (pod.priority ?? 0) < failed.pod.priority);
    const keepOrder = inKeepOrder(lower, cluster);
    const options = subsets(keepOrder).filter((gone) => {
      const { state: without } = crowdedCluster({ ...cluster, placed: cluster.placed.filter((pod) => !gone.includes(pod)) });
      const emptied = without.node(node.name);
      return (
        gone.length > 0 && emptied !== undefined && whyNot(rankedPod({ name: "new", nodeName: "", ...cluster.pod }), emptied) === undefined
      );
    });
    const described = options.map((gone) => ({
      nodeName: node.name,
      gone,
      order: keepOrder.map((pod) => (gone.includes(pod) ? "1" : "0")).join(""),
      violations: gone.filter((pod) => violating(lower, cluster).has(pod)).length,
    }));
    // Whoever is to be kept first is kept if that can be at all, then the next.
    return described.sort((a, b) => (a.order < b.order ? -1 : 1)).slice(0, 1);
  });
  const rules: ((option: Option) => number)[] = [
    ({ violations }) => violations,
    ({ gone }) => Math.max(...gone.map(priorityOf)),
    ({ gone }) => gone.reduce((sum, pod) => sum + priorityOf(pod) + 2 ** 31, 0),
    ({ gone }) => gone.length,
    ({ gone }) => {
      const highest = Math.max(...gone.map(priorityOf));
      return -Math.min(...gone.filter((pod) => priorityOf(pod) === highest).map(startOf));
    },
  ];
  const best = rules.reduce((left, rule) => left.filter((option) => rule(option) === Math.min(...left.map(rule))), perNode);
  return best.map(({ nodeName, gone }) => [nodeName, ...gone.map(({ name }) => name ?? "").sort()]);
}

const priorityOf = ({ priority = 0 }: RankedPod): number => priority;
const startOf = ({ status }: RankedPod): number => Number(status?.startTime?.seconds ?? 0);
const byRank = (a: RankedPod, b: RankedPod): number => priorityOf(b) - priorityOf(a) || startOf(a) - startOf(b);

/** Those whose budget is used up by more important ones. */
function violating(pods: readonly RankedPod[], { budgets = [] }: CrowdedCluster): Set<RankedPod> {
  return new Set(
    budgets.flatMap(({ name, allowed }) =>
      [...pods]
        .sort(byRank)
        .filter(({ labels }) => labels?.app === name)
        .slice(allowed),
    ),
  );
}

function inKeepOrder(pods: readonly RankedPod[], cluster: CrowdedCluster): readonly RankedPod[] {
  const guarded = violating(pods, cluster);
  return [...pods].sort((a, b) => Number(guarded.has(b)) - Number(guarded.has(a)) || byRank(a, b));
}

function subsets<T>(items: readonly T[]): T[][] {
  return Array.from({ length: 2 ** items.length }, (_, bits) => items.filter((_item, index) => (bits >> index) % 2 === 1));
}
