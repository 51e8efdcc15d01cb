import type { Mutation } from "./mutations.js";

/** Of where pods run, and what they are told of it. */
export const nodePodMutations: readonly Mutation[] = [
  {
    area: "pods on a node",
    fault: "a pod's status gives its own address for its node's",
    file: "src/howbelet/status/pod-status.ts",
    find: "hostIP: hostIp,",
    replace: "hostIP: ip,",
  },
  {
    area: "scheduling",
    fault: "pods that want one port of the machine share a node",
    file: "src/scheduler/plugins/node-ports.ts",
    find: "if (portsConflict(port, other)) return true;",
    replace: "if (port === other) return true;",
  },
];
