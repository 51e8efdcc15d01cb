import type { Mutation } from "./mutations.js";

/** Of probes. */
export const probeMutations: readonly Mutation[] = [
  {
    area: "probes",
    fault: "a container is ready before its readiness probe has said so",
    file: "src/howbelet/probes/container-health.ts",
    find: "(readiness === undefined || readiness.isPassing === true)",
    replace: "(readiness === undefined || readiness.isPassing !== false)",
  },
  {
    area: "probes",
    fault: "a container that has not started is asked whether it lives",
    file: "src/howbelet/probes/container-health.ts",
    find: 'if (!hasStarted(health)) return isDeleted ? [] : ["startup"];',
    replace: 'if (!hasStarted(health)) return isDeleted ? [] : ["startup", "liveness"];',
  },
  {
    area: "probes",
    fault: "a server that says that it is unwell is believed to be well",
    file: "src/howbelet/probes/http-check.ts",
    find: "if (statusCode >= 300 && statusCode < 400) return",
    replace: "if (statusCode >= 300) return",
  },
  {
    area: "probes",
    fault: "the initial delay is not waited for",
    file: "src/howbelet/probes/container-probes.ts",
    find: "const restMs = Math.max(0, delayMs - ranForMs);",
    replace: "const restMs = Math.min(0, delayMs - ranForMs);",
  },
];
