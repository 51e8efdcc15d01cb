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
    fault: "the lowest numbers are taken away first",
    file: "src/controllers/statefulset/view.ts",
    find: "sort((a, b) => b.ordinal - a.ordinal)",
    replace: "sort((a, b) => a.ordinal - b.ordinal)",
  },
  {
    area: "stateful sets",
    fault: "the lowest numbers are exchanged first",
    file: "src/controllers/statefulset/plan.ts",
    find: "partitionOf(set) ? [replica.pod] : [];\n    })\n    .reverse();",
    replace: "partitionOf(set) ? [replica.pod] : [];\n    });",
  },
  {
    area: "controller revisions",
    fault: "the patch that is kept merges into a template instead of replacing it",
    file: "src/controllers/revisions/revision-data.ts",
    find: '[directive]: "replace"',
    replace: '[directive]: "merge"',
  },
];
