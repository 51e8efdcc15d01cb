import { expect } from "chai";
import { type CrowdedCluster, crowdedCluster } from "../../../test/fakes/crowded-cluster.js";
import { timeFromMs } from "../../api/values/time.js";
import { findVictims } from "./find-victims.js";

interface Case extends Omit<CrowdedCluster, "nodes" | "pod"> {
  readonly it: string;
  readonly cpu?: string;
  /** The pod's priority is 10. */
  readonly wants?: string;
  readonly victims?: readonly string[];
  readonly violations?: number;
  readonly refused?: string;
}

const cases: readonly Case[] = [
  {
    it: "takes the one that is in the way",
    placed: [{ name: "low", requests: { cpu: "4" } }],
    victims: ["low"],
  },
  {
    it: "finds nobody where all are as important",
    placed: [{ name: "equal", priority: 10, requests: { cpu: "4" } }],
    refused: "No preemption victims found for incoming pod",
  },
  {
    it: "says what is still missing when all that may go are gone",
    placed: [
      { name: "low", requests: { cpu: "1" } },
      { name: "equal", priority: 10, requests: { cpu: "3" } },
    ],
    wants: "2",
    refused: "Insufficient cpu",
  },
  {
    it: "lets those stay that need not go, the most important first",
    placed: [
      { name: "a", priority: 1, requests: { cpu: "2" } },
      { name: "b", priority: 2, requests: { cpu: "2" } },
    ],
    wants: "2",
    victims: ["a"],
  },
  {
    it: "lets the one stay that has run for longer",
    placed: [
      { name: "young", requests: { cpu: "2" }, status: { startTime: timeFromMs(2_000) } },
      { name: "old", requests: { cpu: "2" }, status: { startTime: timeFromMs(1_000) } },
    ],
    wants: "2",
    victims: ["young"],
  },
  {
    it: "names the most important of them first",
    placed: [
      { name: "a", priority: 1, requests: { cpu: "2" } },
      { name: "b", priority: 2, requests: { cpu: "2" } },
    ],
    wants: "4",
    victims: ["b", "a"],
  },
  {
    it: "lets one stay that a budget protects, though it is less important",
    placed: [
      { name: "protected", priority: 1, labels: { app: "web" }, requests: { cpu: "2" } },
      { name: "other", priority: 2, requests: { cpu: "2" } },
    ],
    budgets: [{ allowed: 0 }],
    wants: "2",
    victims: ["other"],
    violations: 0,
  },
  {
    it: "evicts against a budget when nothing else helps, and counts it",
    placed: [
      { name: "protected", priority: 1, labels: { app: "web" }, requests: { cpu: "3" } },
      { name: "other", priority: 2, requests: { cpu: "1" } },
    ],
    budgets: [{ allowed: 0 }],
    wants: "3",
    victims: ["protected"],
    violations: 1,
  },
  {
    it: "spends what a budget allows on the most important",
    placed: [
      { name: "a", priority: 2, labels: { app: "web" }, requests: { cpu: "2" } },
      { name: "b", priority: 1, labels: { app: "web" }, requests: { cpu: "2" } },
    ],
    budgets: [{ allowed: 1 }],
    wants: "2",
    victims: ["a"],
    violations: 0,
  },
  {
    it: "does not charge a budget for a pod whose eviction it has counted",
    placed: [{ name: "going", priority: 1, labels: { app: "web" }, requests: { cpu: "4" } }],
    budgets: [{ allowed: 0, status: { disruptedPods: { going: timeFromMs(1) } } }],
    victims: ["going"],
    violations: 0,
  },
  {
    it: "asks all budgets of a pod",
    placed: [{ name: "web", labels: { app: "web", tier: "front" }, requests: { cpu: "4" } }],
    budgets: [
      { name: "one", matchLabels: { app: "web" }, allowed: 5 },
      { name: "two", matchLabels: { tier: "front" }, allowed: 0 },
    ],
    victims: ["web"],
    violations: 1,
  },
  {
    it: "knows that a budget with an empty selector protects all",
    placed: [{ name: "web", requests: { cpu: "4" } }],
    budgets: [{ matchLabels: {}, allowed: 0 }],
    victims: ["web"],
    violations: 1,
  },
  {
    it: "minds no budget of another namespace",
    placed: [{ name: "web", labels: { app: "web" }, requests: { cpu: "4" } }],
    budgets: [{ namespace: "other", allowed: 0 }],
    victims: ["web"],
    violations: 0,
  },
];

describe("findVictims", () => {
  for (const { it: does, placed, budgets, cpu = "4", wants = "1", victims, violations, refused } of cases) {
    it(does, () => {
      const pod = { priority: 10, requests: { cpu: wants } };
      const { state, failed } = crowdedCluster({ nodes: [{ name: "n1", allocatable: { cpu } }], placed, budgets: budgets ?? [], pod });
      const node = state.nodes()[0];
      if (node === undefined) throw new Error("no node");
      const { candidate, refusal } = findVictims(node, failed, state);

      expect(candidate?.victims.map(({ uid }) => uid)).to.deep.equal(victims);
      if (violations !== undefined) expect(candidate?.violations).to.equal(violations);
      expect(refusal?.reasons).to.deep.equal(refused === undefined ? undefined : [refused]);
      expect([...node.pods.keys()].sort()).to.deep.equal(placed.map(({ name }) => name).sort());
    });
  }
});
