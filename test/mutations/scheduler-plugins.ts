import type { Mutation } from "./mutations.js";

const plugins = "src/scheduler/plugins";

/** Of the scheduler's plugins that look at a pod and one node. */
export const schedulerPluginMutations: readonly Mutation[] = [
  {
    area: "NodeUnschedulable",
    fault: "a toleration does not let a pod go to a cordoned node",
    file: `${plugins}/node-unschedulable.ts`,
    find: "if (pod.spec.tolerations.some((each) => tolerates(each, cordoned))) return undefined;",
    replace: "if (pod.spec.tolerations.some((each) => tolerates(each, cordoned))) pod.spec.tolerations.slice();",
  },
  {
    area: "NodeName",
    fault: "a pod may go elsewhere than where it says",
    file: `${plugins}/node-name.ts`,
    find: "check: (node) => (node.name === wanted ? undefined : refused),",
    replace: "check: () => undefined,",
  },
  {
    area: "TaintToleration",
    fault: "taints discourage nobody",
    file: `${plugins}/taint-toleration.ts`,
    find: "(repels(taint) ? count + 1 : count)",
    replace: "(repels(taint) ? count : count)",
  },
  {
    area: "NodeReady",
    fault: "pods sleep on when a node becomes ready",
    file: `${plugins}/node-ready.ts`,
    find: "isReadyNode(node) && !isReadyNode(previous)",
    replace: "isReadyNode(node) && isReadyNode(previous)",
  },
  {
    area: "NodeAffinity",
    fault: "what is removed from a list moves what is removed next",
    file: `${plugins}/node-affinity-obstacles.ts`,
    find: ".reverse()",
    replace: "",
  },
  {
    area: "NodePorts",
    fault: "the other port that a pod is told to use is its own",
    file: `${plugins}/node-ports.ts`,
    find: "!spoken.has(candidate) && ",
    replace: "",
  },
  {
    area: "NodeResourcesFit",
    fault: "a pod that asks for more than the node has might go there if others left",
    file: `${plugins}/node-resources-fit.ts`,
    find: "if (amount > capacity) short |= lastingBit;",
    replace: "if (amount > 2 ** 60) short |= lastingBit;",
  },
  {
    area: "NodeResourcesFit's scores",
    fault: "a curve's zero counts",
    file: `${plugins}/scoring-strategy.ts`,
    find: "if (skipsZero && score <= 0) continue;",
    replace: "if (skipsZero && score < 0) continue;",
  },
  {
    area: "NodeResourcesFit's hints",
    fault: "room that others may make does not wake a pod",
    file: `${plugins}/resource-wakes.ts`,
    find: "(fitsOn(pod, node) || lowest(node) < pod.priority)",
    replace: "(fitsOn(pod, node) || lowest(node) > Number.MAX_VALUE * 2)",
  },
  {
    area: "NodeResourcesBalancedAllocation",
    fault: "pods that ask for nothing all go to one node",
    file: `${plugins}/node-resources-balanced-allocation.ts`,
    find: "if (amounts.every((amount) => amount === 0)) return undefined;",
    replace: "if (amounts.every((amount) => amount < 0)) return undefined;",
  },
  {
    area: "ImageLocality",
    fault: "an image on one node draws all pods there",
    file: `${plugins}/image-locality.ts`,
    find: "(sizes.get(image) ?? 0) * spread",
    replace: "(sizes.get(image) ?? 0) * Math.ceil(spread)",
  },
  {
    area: "RecentFailures",
    fault: "a node where a workload fails is the best for it",
    file: `${plugins}/recent-failures.ts`,
    find: "(troubled.has(name) ? 0 : maxScore)",
    replace: "(troubled.has(name) ? maxScore : 0)",
  },
  {
    area: "SchedulingGates",
    fault: "gates hold nothing back",
    file: `${plugins}/scheduling-gates.ts`,
    find: "spec.schedulingGates.length === 0",
    replace: "spec.schedulingGates.length >= 0",
  },
  {
    area: "FailureLog",
    fault: "failures are never forgotten",
    file: "src/scheduler/cluster/failure-log.ts",
    find: "times.filter((time) => time > since)",
    replace: "times.filter((time) => time > since - failureWindowMs)",
  },
  {
    area: "amountText",
    fault: "a little less is freed than is needed",
    file: `${plugins}/amount-text.ts`,
    find: 'rounding === "up" ? Math.ceil : Math.floor',
    replace: 'rounding === "up" ? Math.floor : Math.floor',
  },
  {
    area: "normalized scores",
    fault: "the worst node is the best",
    file: `${plugins}/normalize-scores.ts`,
    find: "maxScore - (maxScore * (scores[index] ?? 0)) / greatest",
    replace: "(maxScore * (scores[index] ?? 0)) / greatest",
  },
];
