import type { Mutation } from "./mutations.js";

/** Of what goes into containers and comes out of them. */
export const streamMutations: readonly Mutation[] = [
  {
    area: "sessions with a pod",
    fault: "what a program writes to stderr is told as its output",
    file: "src/howbelet/server/process-work.ts",
    find: '$case: stream === "stdout" ? "data" : "stderr"',
    replace: '$case: "data"',
  },
  {
    area: "sessions with a pod",
    fault: "a port is sought at the pod's address alone",
    file: "src/howbelet/runtime/docker/docker-ports.ts",
    find: 'ip !== "" && code === "ECONNREFUSED"',
    replace: 'ip === "" && code === "ECONNREFUSED"',
  },
  {
    area: "sessions with a pod",
    fault: "a terminal keeps the size that it began with",
    file: "src/howbelet/server/process-work.ts",
    find: "await resize(process, message.value);",
    replace: "break;",
  },
  {
    area: "the logs of a container",
    fault: "the run before the last restart is not told apart from the present one",
    file: "src/howbelet/server/container-choice.ts",
    find: "previous ? idOf(found.lastState?.terminated?.containerID) : newestId(found)",
    replace: "newestId(found)",
  },
  {
    area: "the logs of a container",
    fault: "a limit in bytes is not heeded",
    file: "src/howbelet/server/log-source.ts",
    find: "yield piece.subarray(0, left);",
    replace: "yield piece;",
  },
];
