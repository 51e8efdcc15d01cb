import type { Mutation } from "./mutations.js";

/** Of what containers say of their own ends. */
export const fieldMutations: readonly Mutation[] = [
  {
    area: "a container that says itself how it ends",
    fault: "rules by exit codes are left out",
    file: "src/api/kinds/pod/restarting.ts",
    find: '?.action === "Restart") return true',
    replace: '?.action === "") return true',
  },
  {
    area: "a container that says itself how it ends",
    fault: "all containers are restarted as their pod says",
    file: "src/api/kinds/pod/restarting.ts",
    find: "policyOf(restartPolicy ?? podPolicy)",
    replace: "policyOf(podPolicy ?? restartPolicy)",
  },
  {
    area: "a container that says itself how it ends",
    fault: "all are asked to end by their image's signal",
    file: "src/howbelet/runtime/docker/create-options.ts",
    find: 'config.stopSignal === ""',
    replace: 'config.stopSignal !== ""',
  },
];
