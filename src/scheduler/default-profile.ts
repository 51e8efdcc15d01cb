import { defaultSchedulerName } from "./cluster/pod-info.js";
import type { Profile, WeightedScore } from "./framework/plugin.js";
import type { PluginContext } from "./framework/plugin-context.js";
import { imageLocality } from "./plugins/image-locality.js";
import { createInterPodAffinity, defaultAffinityArgs } from "./plugins/inter-pod-affinity.js";
import { createNodeAffinity } from "./plugins/node-affinity.js";
import { nodeName } from "./plugins/node-name.js";
import { nodePorts } from "./plugins/node-ports.js";
import { nodeReady } from "./plugins/node-ready.js";
import { createNodeResourcesBalancedAllocation } from "./plugins/node-resources-balanced-allocation.js";
import { createNodeResourcesFit } from "./plugins/node-resources-fit.js";
import { nodeUnschedulable } from "./plugins/node-unschedulable.js";
import { createPodTopologySpread, systemSpreading } from "./plugins/pod-topology-spread.js";
import { createRecentFailures, overridingWeight } from "./plugins/recent-failures.js";
import { schedulingGates } from "./plugins/scheduling-gates.js";
import { createTaintToleration } from "./plugins/taint-toleration.js";
import { createDefaultPreemption } from "./preemption/default-preemption.js";
import { TopologyIndex } from "./topology/topology-index.js";

/** The plugins of the default scheduler, in the order in which Kubernetes runs them, and with its weights. */
export function createDefaultProfile(context: PluginContext): Profile {
  const { cluster, failureLog } = context;
  const nodeAffinity = createNodeAffinity();
  const taintToleration = createTaintToleration();
  const nodeResourcesFit = createNodeResourcesFit(cluster);
  const topology = new TopologyIndex(context);
  const podTopologySpread = createPodTopologySpread(context, systemSpreading, topology);
  const interPodAffinity = createInterPodAffinity(context, defaultAffinityArgs, topology);
  const ofNodes = [nodeUnschedulable, nodeName, taintToleration, nodeReady, nodeAffinity, nodePorts, nodeResourcesFit];
  const scores: readonly WeightedScore[] = [
    { plugin: taintToleration, weight: 3 },
    { plugin: nodeAffinity, weight: 2 },
    { plugin: podTopologySpread, weight: 2 },
    { plugin: interPodAffinity, weight: 2 },
    { plugin: nodeResourcesFit, weight: 1 },
    { plugin: createNodeResourcesBalancedAllocation(), weight: 1 },
    { plugin: imageLocality, weight: 1 },
  ];
  return {
    schedulerName: defaultSchedulerName,
    gates: [schedulingGates],
    filters: [...ofNodes, podTopologySpread, interPodAffinity],
    rescues: [createDefaultPreemption(context)],
    scores: [...scores, { plugin: createRecentFailures(failureLog), weight: overridingWeight(scores) }],
    reserves: [],
    permits: [],
    binds: [],
    percentageOfNodesToScore: 0,
  };
}
