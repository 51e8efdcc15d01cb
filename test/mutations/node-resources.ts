import type { Mutation } from "./mutations.js";

/** Of what a node takes, throws out and tells. */
export const nodeResourceMutations: readonly Mutation[] = [
  {
    area: "what a node takes",
    fault: "what other pods have asked for does not count",
    file: "src/howbelet/admission/plan-admission.ts",
    find: "if (podHostPorts(pod.spec).some((wanted) => taken.some((used) => portsConflict(wanted, used))))",
    replace: "if (podHostPorts(pod.spec).some((wanted) => taken.some((used) => wanted === used)))",
  },
  {
    area: "what a node takes",
    fault: "volumes may hold more than their limit",
    file: "src/howbelet/pressure/plan-storage-eviction.ts",
    find: "(emptyDirBytes.get(name) ?? 0) > quantityNumber(limit)",
    replace: "(emptyDirBytes.get(name) ?? 0) < 0",
  },
  {
    area: "what a node takes",
    fault: "what must be left for nobody to be evicted is promised to pods",
    file: "src/howbelet/resources/node-resources.ts",
    find: "exactQuantity(systemReserved[name]).nanos + kept;",
    replace: "exactQuantity(systemReserved[name]).nanos + 0n * kept;",
  },
  {
    area: "a node that runs short",
    fault: "the pod goes first that uses the least more than it requested",
    file: "src/howbelet/pressure/plan-eviction.ts",
    find: "priorityOf(a) - priorityOf(b) || right - left;",
    replace: "priorityOf(a) - priorityOf(b) || left - right;",
  },
  {
    area: "a node that runs short",
    fault: "pods are taken in that would be evicted first",
    file: "src/howbelet/admission/plan-admission.ts",
    find: 'if (isOnlyMemory && (qosClassOf(pod.spec) !== "BestEffort" ||',
    replace: 'if (isOnlyMemory && (qosClassOf(pod.spec) !== "Guaranteed" ||',
  },
  {
    area: "what pods and nodes use",
    fault: "what a container has used counts from its start, not from the last look",
    file: "src/howbelet/statistics/usage-between.ts",
    find: "const isSameRun = before !== undefined &&",
    replace: "const isSameRun = before !== undefined && before.startedAtMs < 0 &&",
  },
  {
    area: "what pods and nodes use",
    fault: "pods are told of that do not run",
    file: "src/apiserver/services/metrics.ts",
    find: 'if (name !== "" && items.length === 0 && unreachable.length === 0)',
    replace: 'if (name === "" && items.length === 0 && unreachable.length === 0)',
  },
];
