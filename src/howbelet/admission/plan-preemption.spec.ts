import { expect } from "chai";
import { node, pod } from "../../../test/builders/index.js";
import type { PodOptions } from "../../../test/builders/pod.js";
import { quantities } from "../../../test/builders/quantities.js";
import { planPreemption } from "./plan-preemption.js";

const critical = 2_000_000_000;
const allocatable = quantities({ cpu: "2", memory: "1Gi", pods: "5" });

interface Ranked extends PodOptions {
  readonly priority?: number;
  /** Limits as requests. */
  readonly guaranteed?: boolean;
}

function ranked({ priority = 0, guaranteed = false, spec, ...options }: Ranked) {
  const built = pod({ ...options, spec: { priority, ...spec } });
  for (const { resources } of built.spec.containers)
    if (guaranteed && resources !== undefined) resources.limits = { ...resources.requests };
  return built;
}

interface Case {
  readonly it: string;
  readonly pod?: Ranked;
  readonly others: readonly Ranked[];
  readonly victims?: readonly string[];
  readonly refused?: string;
}

describe("planPreemption", () => {
  const big: Ranked = { name: "big", requests: { cpu: "2" } };
  const cases: readonly Case[] = [
    { it: "takes nobody where there is room", others: [{ requests: { cpu: "1" } }] },
    { it: "takes nobody for a pod that is not critical", pod: { priority: critical - 1 }, others: [big] },
    { it: "takes who is in the way", others: [big], victims: ["big"] },
    {
      it: "takes as few as will do",
      others: [
        { name: "small", requests: { cpu: "500m" } },
        { name: "fits", requests: { cpu: "1" } },
        { name: "rest", requests: { cpu: "500m" } },
      ],
      victims: ["fits"],
    },
    {
      it: "takes the one of two that asks for less",
      others: [
        { name: "more", requests: { cpu: "1", memory: "200Mi" } },
        { name: "less", requests: { cpu: "1", memory: "100Mi" } },
      ],
      victims: ["less"],
    },
    {
      it: "takes burstable ones before guaranteed ones",
      others: [
        { name: "guaranteed", guaranteed: true, requests: { cpu: "1", memory: "1Mi" } },
        { name: "burstable", requests: { cpu: "1", memory: "1Mi" } },
      ],
      victims: ["burstable"],
    },
    {
      it: "takes best-effort ones first where there are too many",
      pod: { requests: {} },
      others: ["a", "b", "c", "d"].map((name): Ranked => ({ name, requests: { cpu: "1m" } })).concat({ name: "idle" }),
      victims: ["idle"],
    },
    {
      it: "takes what frees all that is short",
      pod: { requests: { cpu: "2", memory: "1Gi" } },
      others: [
        { name: "cpu", requests: { cpu: "1" } },
        { name: "memory", requests: { memory: "512Mi" } },
      ],
      victims: ["cpu", "memory"],
    },
    { it: "takes a less critical one", pod: { priority: critical + 1_000 }, others: [{ ...big, priority: critical }], victims: ["big"] },
    {
      it: "takes nobody where that would not be enough",
      others: [{ ...big, priority: critical }],
      refused:
        "Unexpected error while attempting to recover from admission failure: preemption: error finding a set of pods to preempt: no set of running pods found to reclaim resources: [(res: cpu, q: 1000), ]",
    },
    {
      it: "takes nobody for a pod that may not be here anyway",
      pod: { nodeSelector: { disk: "ssd" } },
      others: [big],
      refused: "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    },
  ];
  for (const { it: does, pod: wanted = {}, others, victims, refused } of cases) {
    it(does, () => {
      const input = {
        pod: ranked({ name: "critical", priority: critical, requests: { cpu: "1" }, ...wanted }),
        others: others.map(ranked),
        allocatable,
        node: node(),
        pressures: new Set<never>(),
      };
      const plan = planPreemption(input);
      expect(plan?.victims?.map(({ metadata }) => metadata.name).sort()).to.deep.equal(victims);
      expect(plan?.refusal?.message).to.equal(refused);
    });
  }
});
