import type { Profile } from "./framework.js";
import { nodeAffinity } from "./plugins/node-affinity.js";
import { nodePorts } from "./plugins/node-ports.js";
import { nodeReady } from "./plugins/node-ready.js";
import { nodeResourcesFit } from "./plugins/node-resources-fit.js";
import { nodeUnschedulable } from "./plugins/node-unschedulable.js";
import { taintToleration } from "./plugins/taint-toleration.js";

/** The plugins of the default scheduler, in the order in which Kubernetes runs them. */
export const defaultProfile: Profile = {
  filters: [nodeUnschedulable, taintToleration, nodeReady, nodeAffinity, nodePorts, nodeResourcesFit],
  scores: [nodeAffinity, nodeResourcesFit],
};
