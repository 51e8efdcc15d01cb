import type { Mutation } from "./mutations.js";

/** Of Deployments, ReplicaSets and what scales them. */
export const deploymentMutations: readonly Mutation[] = [
  {
    area: "deployments",
    fault: "a new size goes to the newest ReplicaSet alone",
    file: "src/controllers/deployment/scaling.ts",
    find: "sizes.set(view, view.wanted + bounded);",
    replace: "sizes.set(view, view.wanted);",
  },
  {
    area: "deployments",
    fault: "what is rolled back to is taken for another template",
    file: "src/controllers/deployment/rollback.ts",
    find: "[rolledBackToAnnotation]: target.name,",
    replace: "[rolledBackToAnnotation]: failed.name,",
  },
  {
    area: "deployments",
    fault: "a template without a hash is taken for one that has yet to be rolled",
    file: "src/controllers/config-rollout/plan.ts",
    find: "if (changed.length === 0) return",
    replace: "if (changed.length === 0 && (seen === undefined || rolledFor !== undefined)) return",
  },
  {
    area: "replica sets",
    fault: "no pod is taken to have its template's labels",
    file: "src/controllers/replicaset/status.ts",
    find: "templateLabels.every(",
    replace: "!templateLabels.every(",
  },
  {
    area: "autoscaling",
    fault: "what was wished for before is forgotten at once",
    file: "src/controllers/horizontal-pod-autoscaler/limits.ts",
    find: "return Math.max(desired, ...history.recommendations(nowMs - downWindowMs));",
    replace: "return Math.max(desired, ...history.recommendations(nowMs));",
  },
];
