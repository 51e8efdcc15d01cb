import type { Mutation } from "./mutations.js";

const plugins = "src/scheduler/plugins";
const topology = "src/scheduler/topology";

/** Of the scheduler's plugins that look where other pods are, and of what they count by. */
export const schedulerTopologyMutations: readonly Mutation[] = [
  {
    area: "PodTopologySpread",
    fault: "a domain may have one pod more than is said",
    file: `${plugins}/pod-topology-spread.ts`,
    find: "if (excess(tally, domain) > 0) return skewed;",
    replace: "if (excess(tally, domain) > 1) return skewed;",
  },
  {
    area: "PodTopologySpread",
    fault: "pods that are being deleted count",
    file: `${plugins}/pod-topology-spread-constraints.ts`,
    find: "!pods.isTerminating && pods.namespace === namespace",
    replace: "pods.namespace === namespace",
  },
  {
    area: "PodTopologySpread",
    fault: "a node counts that lacks the label of another constraint",
    file: `${plugins}/pod-topology-spread-tally.ts`,
    find: "constraints.length < 2 ? undefined",
    replace: "constraints.length < 9 ? undefined",
  },
  {
    area: "PodTopologySpread",
    fault: "too few domains are enough",
    file: `${plugins}/pod-topology-spread-tally.ts`,
    find: "domainCount === 0 || domainCount < minDomains",
    replace: "domainCount === 0 || domainCount < minDomains - 1",
  },
  {
    area: "PodTopologySpread's scores",
    fault: "pods of Jobs are spread without being told",
    file: `${plugins}/pod-topology-spread-constraints.ts`,
    find: '["ReplicaSet", "StatefulSet"',
    replace: '["ReplicaSet", "Job", "StatefulSet"',
  },
  {
    area: "PodTopologySpread's scores",
    fault: "a node without the label is the best",
    file: `${plugins}/pod-topology-spread-score.ts`,
    find: "if (score === unscored) scores[at] = 0;",
    replace: "if (score === unscored) scores[at] = maxScore;",
  },
  {
    area: "PodTopologySpread's wakes",
    fault: "pods sleep on when the emptiest domain goes",
    file: `${plugins}/pod-topology-spread.ts`,
    find: "nodeRemoved: ({ node }, pod) => hasLabels(node, pod),",
    replace: "nodeRemoved: () => false,",
  },
  {
    area: "InterPodAffinity",
    fault: "every pod may be the first of its kind",
    file: `${plugins}/inter-pod-affinity-tally.ts`,
    find: "question.asksFor(podClassOf(pod)) && sought.every(",
    replace: "question.asksFor(podClassOf(pod)) || sought.every(",
  },
  {
    area: "InterPodAffinity",
    fault: "what placed pods avoid is not looked at",
    file: `${plugins}/inter-pod-affinity.ts`,
    find: "return avoidedThere;",
    replace: "return undefined;",
  },
  {
    area: "InterPodAffinity",
    fault: "company is found in every namespace",
    file: `${topology}/affinity-terms.ts`,
    find: "if (namespaceSelector === undefined) return namespaces;",
    replace: 'if (namespaceSelector === undefined) return "all";',
  },
  {
    area: "InterPodAffinity's scores",
    fault: "what is disliked is liked",
    file: `${topology}/affinity-terms.ts`,
    find: "weight: sign * weight",
    replace: "weight: sign * sign * weight",
  },
  {
    area: "InterPodAffinity's wakes",
    fault: "pods sleep on when what they avoid goes",
    file: `${plugins}/inter-pod-affinity-wakes.ts`,
    find: "avoids(pod, placed) || avoids(placed, pod)",
    replace: "avoids(placed, pod)",
  },
  {
    area: "TopologyIndex",
    fault: "pods of a node that goes stay counted",
    file: `${topology}/pod-counts.ts`,
    find: "this.known.delete(slot);\n    for (const pod of pods.values()) this.count(pod, slot, -1);",
    replace: "this.known.delete(slot);\n    pods.values();",
  },
  {
    area: "TopologyIndex",
    fault: "a domain that nodes have left keeps its number",
    file: `${topology}/topology-domains.ts`,
    find: "this.free.push(number);",
    replace: "this.free.length = 0;",
  },
  {
    area: "TopologyIndex",
    fault: "a class of pods that comes later is not counted",
    file: `${topology}/pod-counts.ts`,
    find: "if (asked.question.asksFor(pods)) relate(asked, counted);",
    replace: "if (asked.question.asksFor(pods)) continue;",
  },
  {
    area: "TopologyIndex",
    fault: "many nodes are not added up",
    file: `${topology}/slot-counts.ts`,
    find: "dense[each] = count;",
    replace: "dense[each] = 1;",
  },
  {
    area: "selectByOwnLabels",
    fault: "what is not to match is to match",
    file: "src/api/kinds/pod/label-keys.ts",
    find: 'require(term.labelSelector, "NotIn",',
    replace: 'require(term.labelSelector, "In",',
  },
  {
    area: "pods by where other pods are",
    fault: "labels of namespaces are not told of",
    file: "src/scheduler/watches.ts",
    find: "state.setNamespace(name, labels);",
    replace: "state.setNamespace(name, {}); void labels;",
  },
];
