import type { Mutation } from "./mutations.js";

/** Of owners and what they own, on running pods. */
export const ownershipMutations: readonly Mutation[] = [
  {
    area: "garbage collection of running pods",
    fault: "an owner goes before what blocks its deletion",
    file: "src/controllers/garbage-collector/plan.ts",
    find: "&& dependents.every(({ blocks }) => !blocks)",
    replace: "&& dependents.length >= 0",
  },
  {
    area: "namespaces with running pods",
    fault: "all goes at once",
    file: "src/controllers/namespace/reconciler.ts",
    find: "if (outcome.errors.length === 0 && outcome.remainders.length === 0) continue;",
    replace: "if (outcome.errors.length === 0 && (stage.length === 1 || outcome.remainders.length === 0)) continue;",
  },
];
