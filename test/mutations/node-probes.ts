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
    fault: "the initial delay is not waited for",
    file: "src/howbelet/probes/container-probes.ts",
    find: "const restMs = Math.max(0, delayMs - ranForMs);",
    replace: "const restMs = Math.min(0, delayMs - ranForMs);",
  },
  {
    area: "probes",
    fault: "readiness is forgotten when the agent is restarted",
    file: "src/howbelet/probes/container-health.ts",
    find: "isPassing: wasReady ? true : undefined",
    replace: "isPassing: undefined",
  },
];

/** Of flight records. */
export const flightRecordMutations: readonly Mutation[] = [
  {
    area: "flight records",
    fault: "what controls a pod's controller is not named",
    file: "src/apiserver/nodes/flight-records.ts",
    find: "owners = found.object.metadata.ownerReferences;",
    replace: "owners = [];",
  },
  {
    area: "flight records",
    fault: "of a log its beginning is kept",
    file: "src/howbelet/recorder/log-tail.ts",
    find: "const last = lines.slice(-tailLines);",
    replace: "const last = lines.slice(0, 1);",
  },
];
