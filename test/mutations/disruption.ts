import type { Mutation } from "./mutations.js";

/** Of disruption budgets and of what befalls pods whose nodes do. */
export const disruptionMutations: readonly Mutation[] = [
  {
    area: "disruption budgets",
    fault: "an eviction is not charged to its budget",
    file: "src/apiserver/eviction/budget.ts",
    find: "status.disruptionsAllowed = disruptionsAllowed - 1;",
    replace: "status.disruptionsAllowed = disruptionsAllowed;",
  },
  {
    area: "nodes and their pods",
    fault: "the youngest of the finished pods are removed, not the oldest",
    file: "src/controllers/pod-gc/plan.ts",
    find: "bornMs(a) - bornMs(b)",
    replace: "bornMs(b) - bornMs(a)",
  },
  {
    area: "nodes and their pods",
    fault: "pods that are taken away do not say why",
    file: "src/client/mark-disrupted.ts",
    find: "status: { conditions,",
    replace: "status: { conditions: [],",
  },
];
