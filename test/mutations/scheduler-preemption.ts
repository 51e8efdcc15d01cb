import type { Mutation } from "./mutations.js";

/** Of pods that make room for others. */
export const schedulerPreemptionMutations: readonly Mutation[] = [
  {
    area: "preemption",
    fault: "pods make room for those that are no more important",
    file: "src/scheduler/preemption/find-victims.ts",
    find: "priority < pod.priority)",
    replace: "priority <= pod.priority)",
  },
  {
    area: "preemption",
    fault: "all of a lower priority have to go, needed or not",
    file: "src/scheduler/preemption/find-victims.ts",
    find: "if (check(node) === undefined) return false;",
    replace: "",
  },
  {
    area: "preemption",
    fault: "disruption budgets protect nobody",
    file: "src/scheduler/preemption/protected-pods.ts",
    find: "if (rest < 0) isGuarded = true;",
    replace: "",
  },
  {
    area: "preemption",
    fault: "the most important have to go, not the least",
    file: "src/scheduler/preemption/candidate.ts",
    find: "costs: [violations, highest,",
    replace: "costs: [violations, -highest,",
  },
  {
    area: "preemption",
    fault: "pods preempt that must not",
    file: "src/scheduler/preemption/default-preemption.ts",
    find: 'preemptionPolicy === "Never"',
    replace: 'preemptionPolicy === ""',
  },
  {
    area: "preemption",
    fault: "pods do not say that it was the scheduler who took them away",
    file: "src/scheduler/preemption/preemptor.ts",
    find: 'reason: "PreemptionByScheduler"',
    replace: 'reason: "DeletionByTaintManager"',
  },
  {
    area: "preemption",
    fault: "a node that was emptied for a pod goes to whoever comes next",
    file: "src/scheduler/cycle/pod-filters.ts",
    find: "if (others.length === 0) return 0;",
    replace: "if (others.length >= 0) return 0;",
  },
  {
    area: "preemption",
    fault: "pods go on saying which node was promised to them",
    file: "src/apiserver/nodes/binding.ts",
    find: "status.nominatedNodeName = undefined;",
    replace: "",
  },
];
