import type { Mutation } from "./mutations.js";

const queue = "src/scheduler/queue";
const cycle = "src/scheduler/cycle";
const cluster = "src/scheduler/cluster";

/** Of the scheduler's queue, its search for nodes, its state, and of what carries decisions out. */
export const schedulerEngineMutations: readonly Mutation[] = [
  {
    area: "Heap",
    fault: "what is taken out of its midst leaves others out of order",
    file: `${queue}/heap.ts`,
    find: "this.rise(last, at);\n    this.sink(last, last[this.field]);",
    replace: "this.put(last, at);",
  },
  {
    area: "SchedulingQueue",
    fault: "pods are not tried by priority",
    file: `${queue}/scheduling-queue.ts`,
    find: "return difference === 0 ? a.order < b.order : difference > 0;",
    replace: "return difference === 0 ? a.order < b.order : a.order < b.order;",
  },
  {
    area: "SchedulingQueue",
    fault: "what happens while a pod is being tried is lost",
    file: `${queue}/scheduling-queue.ts`,
    find: "this.inFlight.note(event);",
    replace: "",
  },
  {
    area: "SchedulingQueue",
    fault: "the first plugin that refused a pod is asked alone",
    file: `${queue}/scheduling-queue.ts`,
    find: "[anyChange] : [...hints];",
    replace: "[anyChange] : [...hints].slice(0, 1);",
  },
  {
    area: "SchedulingQueue",
    fault: "any event of a kind that the plugin cares for wakes",
    file: "src/scheduler/framework/cluster-event.ts",
    find: "return hint(event, pod);",
    replace: "return hint !== undefined && event !== undefined && pod !== undefined;",
  },
  {
    area: "SchedulingQueue,",
    fault: "pods wait for ever when nothing changes",
    file: `${queue}/scheduling-queue.ts`,
    find: 'else if (place === "unschedulable") this.armTimer(',
    replace: 'else if (place === "gated") this.armTimer(',
  },
  {
    area: "SchedulingQueue,",
    fault: "pods that were tried in vain come before those that have waited since",
    file: `${queue}/scheduling-queue.ts`,
    find: "entry.order = ++this.lastOrder;\n    entry.suspendedMs",
    replace: "entry.order = -++this.lastOrder;\n    entry.suspendedMs",
  },
  {
    area: "Decider's search",
    fault: "each search begins where the last one did",
    file: `${cycle}/decider.ts`,
    find: "this.start = looked < count ? position : position + 1;",
    replace: "this.start = 0;",
  },
  {
    area: "Decider's search",
    fault: "what is remembered of a node outlives its changes",
    file: `${cycle}/shape-memory.ts`,
    find: "if (this.known[slot] === generation) return",
    replace: "if ((this.known[slot] ?? 0) > 0) return",
  },
  {
    area: "Decider's search",
    fault: "less important pods take the room that was made for others",
    file: `${cycle}/pod-filters.ts`,
    find: "other.uid !== uid && other.priority >= priority",
    replace: "other.uid === uid && other.priority >= priority",
  },
  {
    area: "Decider's search",
    fault: "those to whom a node was promised may be what makes it do",
    file: `${cycle}/pod-filters.ts`,
    find: "if (code !== 0) return code;\n    }",
    replace: "return code;\n    }",
  },
  {
    area: "Decider's search",
    fault: "scores are not weighted",
    file: `${cycle}/rank-nodes.ts`,
    find: "+ weight * (scores[index] ?? 0);",
    replace: "+ (scores[index] ?? 0);",
  },
  {
    area: "nodesToFind",
    fault: "large clusters are searched through",
    file: `${cycle}/nodes-to-find.ts`,
    find: "50 - Math.floor(nodeCount / 125)",
    replace: "50",
  },
  {
    area: "ClusterState",
    fault: "sums are not put back after something was tried out",
    file: `${cluster}/cluster-state.ts`,
    find: "for (const [record, sums] of undo.nodes) record.restore(sums);",
    replace: "",
  },
  {
    area: "PodShapes",
    fault: "pods of several controllers are taken for alike",
    file: `${cluster}/pod-shapes.ts`,
    find: '(owner) => owner.controller === true)?.uid ?? ""',
    replace: '(owner) => owner.controller === true)?.kind ?? ""',
  },
  {
    area: "Placer",
    fault: "what was reserved is kept when the binding fails",
    file: "src/scheduler/binding/placer.ts",
    find: "for (const plugin of profile.reserves.toReversed()) plugin.unreserve(queued.pod, nodeName);",
    replace: "void [profile, queued, nodeName];",
  },
  {
    area: "Placer",
    fault: "pods that wait for permission keep others from being written",
    file: "src/scheduler/binding/placer.ts",
    find: "slots.release();\n    try {",
    replace: "try {",
  },
  {
    area: "Placer",
    fault: "a pod that may be bound counts no more",
    file: "src/scheduler/binding/placer.ts",
    find: "this.unreserve(placement);\n        queue.retry(queued);",
    replace: 'this.undo(placement, "failed");',
  },
];
