import type { FilterPlugin, GatePlugin, RescuePlugin, ScorePlugin } from "../framework/plugin.js";
import type { PluginContext } from "../framework/plugin-context.js";
import { imageLocality } from "../plugins/image-locality.js";
import { createInterPodAffinity } from "../plugins/inter-pod-affinity.js";
import { createNodeAffinity } from "../plugins/node-affinity.js";
import { nodeName } from "../plugins/node-name.js";
import { nodePorts } from "../plugins/node-ports.js";
import { nodeReady } from "../plugins/node-ready.js";
import { createNodeResourcesBalancedAllocation } from "../plugins/node-resources-balanced-allocation.js";
import { createNodeResourcesFit } from "../plugins/node-resources-fit.js";
import { nodeUnschedulable } from "../plugins/node-unschedulable.js";
import { createPodTopologySpread } from "../plugins/pod-topology-spread.js";
import { createRecentFailures } from "../plugins/recent-failures.js";
import { schedulingGates } from "../plugins/scheduling-gates.js";
import { createTaintToleration } from "../plugins/taint-toleration.js";
import { createDefaultPreemption } from "../preemption/default-preemption.js";
import type { TopologyIndex } from "../topology/topology-index.js";
import type { PluginArgs } from "./plugin-args.js";

/** Kubernetes' names of the points at which a configuration enables plugins. */
export const extensionPoints = [
  ...["preEnqueue", "queueSort", "preFilter", "filter", "postFilter", "preScore", "score"],
  ...["reserve", "permit", "preBind", "bind", "postBind"],
] as const;

export type ExtensionPoint = (typeof extensionPoints)[number];

/** What a plugin is made with. */
export interface PluginMaking {
  readonly context: PluginContext;
  /** Shared by the plugins of all profiles. */
  readonly topology: TopologyIndex;
  readonly args: PluginArgs;
}

/** A plugin as the points have it that it takes part in. */
export interface MadePlugin {
  readonly gate?: GatePlugin;
  readonly filter?: FilterPlugin;
  readonly rescue?: RescuePlugin;
  readonly score?: ScorePlugin;
}

/** A plugin that a profile may have. */
export interface CatalogEntry {
  readonly name: string;
  /** Where Kubernetes' plugin of that name takes part, so that its configurations mean the same here. */
  readonly points: readonly string[];
  /** Of its score by default; undefined: more than all others together. */
  readonly weight?: number | undefined;
  /** Undefined of what is always so here. */
  readonly make?: (making: PluginMaking) => MadePlugin;
}

const filters = ["preFilter", "filter"];
const scores = ["preScore", "score"];
const both = (plugin: FilterPlugin & ScorePlugin): MadePlugin => ({ filter: plugin, score: plugin });

/** Every plugin, in the order in which Kubernetes runs them, and with its weights; all are enabled by default. */
export const pluginCatalog: readonly CatalogEntry[] = [
  { name: "SchedulingGates", points: ["preEnqueue"], make: () => ({ gate: schedulingGates }) },
  { name: "PrioritySort", points: ["queueSort"] },
  { name: "NodeUnschedulable", points: ["filter"], make: () => ({ filter: nodeUnschedulable }) },
  { name: "NodeName", points: ["filter"], make: () => ({ filter: nodeName }) },
  { name: "TaintToleration", points: ["filter", ...scores], weight: 3, make: ({ context }) => both(createTaintToleration(context)) },
  { name: nodeReady.name, points: ["filter"], make: () => ({ filter: nodeReady }) },
  { name: "NodeAffinity", points: [...filters, ...scores], weight: 2, make: ({ args }) => both(createNodeAffinity(args.nodeAffinity)) },
  { name: "NodePorts", points: filters, make: () => ({ filter: nodePorts }) },
  {
    name: "NodeResourcesFit",
    points: [...filters, ...scores],
    weight: 1,
    make: ({ context, args }) => both(createNodeResourcesFit(context.cluster, args.fit)),
  },
  {
    name: "PodTopologySpread",
    points: [...filters, ...scores],
    weight: 2,
    make: ({ context, args, topology }) => both(createPodTopologySpread(context, args.spread, topology)),
  },
  {
    name: "InterPodAffinity",
    points: [...filters, ...scores],
    weight: 2,
    make: ({ context, args, topology }) => both(createInterPodAffinity(context, args.podAffinity, topology)),
  },
  {
    name: "DefaultPreemption",
    points: ["postFilter"],
    make: ({ args }) => ({ rescue: createDefaultPreemption(args.preemption) }),
  },
  {
    name: "NodeResourcesBalancedAllocation",
    points: scores,
    weight: 1,
    make: ({ args }) => ({ score: createNodeResourcesBalancedAllocation(args.balance) }),
  },
  { name: "ImageLocality", points: ["score"], weight: 1, make: () => ({ score: imageLocality }) },
  { name: "DefaultBinder", points: ["bind"] },
  { name: "RecentFailures", points: ["score"], make: ({ context }) => ({ score: createRecentFailures(context.failureLog) }) },
];
