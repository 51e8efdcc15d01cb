import type { Mutation } from "./mutations.js";

/** Of pods' lives on their nodes. */
export const lifecycleMutations: readonly Mutation[] = [
  {
    area: "init containers",
    fault: "the app does not wait for them",
    file: "src/howbelet/planning/plan-run.ts",
    find: 'init.state === "over" ? planApps(apps, context) : []',
    replace: "true ? planApps(apps, context) : []",
  },
  {
    area: "init containers",
    fault: "those that serve are ended together with those that they serve",
    file: "src/howbelet/planning/plan-end.ts",
    find: "rankOf(other) > rankOf(snapshot)",
    replace: "rankOf(other) < rankOf(other)",
  },
  {
    area: "lifecycle hooks",
    fault: "a program is told to end beside its hook",
    file: "src/howbelet/planning/plan-stop.ts",
    find: "(ending.isInHook || isHeld)",
    replace: "isHeld",
  },
  {
    area: "lifecycle hooks",
    fault: "a hook that took the grace leaves nothing of it",
    file: "src/howbelet/planning/plan-stop.ts",
    find: "Math.max(graceEndsAtMs, nowMs + leastGraceMs)",
    replace: "Math.min(graceEndsAtMs, nowMs + leastGraceMs)",
  },
  {
    area: "a container that ends",
    fault: "the log of a success is taken for last words",
    file: "src/howbelet/containers/termination-messages.ts",
    find: " && snapshot.exitCode !== 0",
    replace: "",
  },
  {
    area: "a container that ends",
    fault: "of last words that are too many, the first are taken",
    file: "src/howbelet/containers/termination-messages.ts",
    find: "size - buffer.length",
    replace: "0",
  },
  {
    area: "the life of a pod",
    fault: "a deadline is a thousand times too late",
    file: "src/howbelet/planning/active-deadline.ts",
    find: "activeDeadlineSeconds * 1000",
    replace: "activeDeadlineSeconds * 1_000_000",
  },
  {
    area: "the life of a pod",
    fault: "init containers run in the first sandbox only",
    file: "src/howbelet/planning/plan-init.ts",
    find: "if (input.life.initializedIn === sandbox?.id) return true;",
    replace: 'if (input.life.initializedIn !== "") return true;',
  },
  {
    area: "the life of a pod",
    fault: "readiness gates are not looked at",
    file: "src/howbelet/status/pod-conditions.ts",
    find: "if (problems.length === 0) return",
    replace: "if (problems.length >= 0) return",
  },
];
