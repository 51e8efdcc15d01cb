import { expect } from "chai";
import type { Caller } from "../../rpc/contracts.js";
import { priorityLevelOf, priorityLevels, type RequestTraits } from "./priority-levels.js";

const admin: Caller = { name: "admin", groups: ["system:masters"] };
const scheduler: Caller = { name: "system:scheduler", groups: ["system:components"] };
const node: Caller = { name: "system:node:n1", groups: ["system:nodes"] };
const impostor: Caller = { name: "system:node:n1", groups: [] };
const pods: RequestTraits = { verb: "list", group: "", resource: "pods", namespace: "default" };
const lease = (namespace: string): RequestTraits => ({ verb: "update", group: "coordination.k8s.io", resource: "leases", namespace });

describe("priorityLevelOf", () => {
  const cases: readonly (readonly [string, Caller, RequestTraits, string])[] = [
    ["a component's leadership", scheduler, lease("kube-system"), "leader-election"],
    ["a component's other work", scheduler, pods, "system"],
    ["a component's look at a node's lease", scheduler, lease("kube-node-lease"), "system"],
    ["a node's heartbeat", node, lease("kube-node-lease"), "node"],
    ["a node's other work", node, pods, "node"],
    ["a user's work", admin, pods, "workload"],
    ["a user who writes a lease", admin, lease("kube-system"), "workload"],
    ["whoever else there is", impostor, pods, "catch-all"],
  ];
  for (const [what, caller, request, level] of cases) {
    it(`puts ${what} at ${level}`, () => {
      expect(priorityLevelOf(caller, request)).to.equal(level);
      expect(priorityLevels.map(({ name }) => name)).to.include(level);
    });
  }
});
