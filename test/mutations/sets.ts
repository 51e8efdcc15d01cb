import type { Mutation } from "./mutations.js";

/** Of daemon sets, stateful sets and their revisions. */
export const setMutations: readonly Mutation[] = [
  {
    area: "daemon sets",
    fault: "nodes are asked for no labels",
    file: "src/controllers/daemonset/eligibility.ts",
    find: "if (!isMeant || !admitsNode(spec, node)) return",
    replace: "if (!isMeant) return",
  },
  {
    area: "daemon sets",
    fault: "a rollout takes all pods at once",
    file: "src/controllers/daemonset/plan.ts",
    find: ".slice(0, Math.max(0, maxUnavailable - unavailable));",
    replace: ".slice(0);",
  },
  {
    area: "stateful sets",
    fault: "pods are not waited for",
    file: "src/controllers/statefulset/plan.ts",
    find: "slots.find(({ replica }) => replica?.isAvailable !== true);",
    replace: "slots.find(({ replica }) => replica === undefined);",
  },
  {
    area: "stateful sets",
    fault: "a pod of a bad revision is waited for, for ever",
    file: "src/controllers/statefulset/plan.ts",
    find: "if (!isOf(rollout, replica)) return true;",
    replace: "if (!isOf(rollout, replica)) return false;",
  },
  {
    area: "stateful sets",
    fault: "what is below the partition comes back of the new revision",
    file: "src/controllers/statefulset/view.ts",
    find: "wanted: index < keptBack(set) ? rollout.from : rollout.to",
    replace: "wanted: index < keptBack(set) ? rollout.to : rollout.to",
  },
  {
    area: "controller revisions",
    fault: "what is kept is kept twice",
    file: "src/controllers/revisions/plan.ts",
    find: "return [...doubles, ...history",
    replace: "return [...history",
  },
];
