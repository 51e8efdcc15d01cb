import { deploymentUpDown } from "./deployment-up-down.js";
import { fortyPods } from "./forty-pods.js";
import { killedContainer } from "./killed-container.js";
import { onePod } from "./one-pod.js";
import { sandboxCost } from "./sandbox-cost.js";
import type { Workload } from "./workload.js";

/** Every benchmark there is. */
export const workloads: readonly Workload[] = [fortyPods, deploymentUpDown, onePod, killedContainer, sandboxCost];
