import type { Mutation } from "./mutations.js";

/** Of what makes pods leave nodes or keeps them off, by an administrator's hand. */
export const drainMutations: readonly Mutation[] = [
  {
    area: "howbectl cordon",
    fault: "a dry run cordons",
    file: "src/howbectl/nodes/cordon.ts",
    find: 'isCordoned !== cordoned && dryRun !== "client"',
    replace: "isCordoned !== cordoned",
  },
  {
    area: "howbectl drain",
    fault: "another pod that has taken the name is evicted in its place",
    file: "src/howbectl/nodes/pod-removal.ts",
    find: "preconditions: { uid: metadata.uid },",
    replace: "",
  },
  {
    area: "howbectl drain",
    fault: "a budget's refusal ends the drain",
    file: "src/howbectl/nodes/pod-removal.ts",
    find: "if (!isTooManyRequests(error)) throw error;",
    replace: "if (error instanceof Error) throw error;",
  },
  {
    area: "howbectl drain",
    fault: "a node counts as drained before its pods have gone",
    file: "src/howbectl/nodes/departures.ts",
    find: "return await abortable(Promise.race([end, this.broken.promise]), signal);",
    replace: 'return await abortable(Promise.race([end, "gone" as const]), signal);',
  },
  {
    area: "howbectl drain",
    fault: "pods of other nodes leave, too",
    file: "src/howbectl/nodes/drain-node.ts",
    find: "fieldSelector: `spec.nodeName=",
    replace: "fieldSelector: `spec.nodeName!=x",
  },
  {
    area: "planDrain",
    fault: "force takes local data away",
    file: "src/howbectl/nodes/plan-drain.ts",
    find: "hasLocalStorage && leave.deleteEmptydirData !== true",
    replace: "hasLocalStorage && leave.deleteEmptydirData !== true && leave.force !== true",
  },
  {
    area: "howbectl taint",
    fault: "what has changed since the node was read is undone",
    file: "src/howbectl/commands/taint.ts",
    find: "if (!isConflict(error)) throw error;",
    replace: "if (isConflict(error)) throw error;",
  },
  {
    area: "howbectl taint",
    fault: "removing one effect removes them all",
    file: "src/howbectl/nodes/plan-taints.ts",
    find: 'gone.effect === "" ? one.key === gone.key : isSame(one, gone)',
    replace: "one.key === gone.key",
  },
];

/** Of how a scheduler is told to place pods. */
export const schedulerConfigurationMutations: readonly Mutation[] = [
  {
    area: "readSchedulerConfiguration",
    fault: "what is not known is ignored in silence",
    file: "src/scheduler/configuration/field-reader.ts",
    find: "if (!this.asked.has(name)) this.errors.push",
    replace: "if (this.asked.size < 0) this.errors.push",
  },
  {
    area: "plugins of a profile",
    fault: "what is said of one point is not heard",
    file: "src/scheduler/configuration/select-plugins.ts",
    find: "...enabled.filter(({ name }) => isInherited(name)),",
    replace: "...inherited.filter(({ name }) => isEnabled(name)),",
  },
];

/** Of what may keep a pod from a node. */
export const predicateMutations: readonly Mutation[] = [
  {
    area: "predicates of resources",
    fault: "a node forgets at its next report what it was said to have",
    file: "src/apiserver/nodes/node-report-merge.ts",
    find: "capacity: { ...extendedOf(draft.status.capacity), ...capacity },",
    replace: "capacity,",
  },
  {
    area: "predicates of resources",
    fault: "a node counts only what its machine has",
    file: "src/howbelet/admission/plan-admission.ts",
    find: "[...countedResources, ...extended].flatMap",
    replace: "[...countedResources, ...extended.slice(extended.length)].flatMap",
  },
  {
    area: "predicates of ports",
    fault: "an address does not tell ports apart",
    file: "src/api/scheduling/host-ports.ts",
    find: "(a.ip === b.ip || ",
    replace: "(a.port === b.port || ",
  },
  {
    area: "predicates of gates",
    fault: "a gate that is closed again is let through",
    file: "src/api/kinds/pod/gate-update-rules.ts",
    find: "if (before.has(name)) return [];",
    replace: "if (before.size >= 0) return [];",
  },
];
