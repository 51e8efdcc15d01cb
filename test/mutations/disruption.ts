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
];
