import { defaultSchedulerName } from "./cluster/pod-info.js";
import type { Profile } from "./framework/plugin.js";
import type { PluginContext } from "./framework/plugin-context.js";
import { nodeAffinity } from "./plugins/node-affinity.js";
import { nodePorts } from "./plugins/node-ports.js";
import { nodeReady } from "./plugins/node-ready.js";
import { nodeResourcesFit } from "./plugins/node-resources-fit.js";
import { nodeUnschedulable } from "./plugins/node-unschedulable.js";
import { taintToleration } from "./plugins/taint-toleration.js";
import { createDefaultPreemption } from "./preemption/default-preemption.js";

/** The plugins of the default scheduler, in the order in which Kubernetes runs them. */
export const createDefaultProfile = (context: PluginContext): Profile => ({
  schedulerName: defaultSchedulerName,
  gates: [],
  filters: [nodeUnschedulable, taintToleration, nodeReady, nodeAffinity, nodePorts, nodeResourcesFit],
  rescues: [createDefaultPreemption(context)],
  scores: [
    { plugin: nodeAffinity, weight: 2 },
    { plugin: nodeResourcesFit, weight: 1 },
  ],
  reserves: [],
  permits: [],
  binds: [],
  percentageOfNodesToScore: 0,
});
