import { deploymentUpDown } from "./deployment-up-down.js";
import { fortyPods } from "./forty-pods.js";
import { killedContainer } from "./killed-container.js";
import { listObjects } from "./list-objects.js";
import { onePod } from "./one-pod.js";
import { sandboxCost } from "./sandbox-cost.js";
import { watchFanOut } from "./watch-fan-out.js";
import type { ServerWorkload, Workload } from "./workload.js";

/** Every benchmark of a cluster on Docker. */
export const workloads: readonly Workload[] = [fortyPods, deploymentUpDown, onePod, killedContainer, sandboxCost];

/** Every benchmark of the api-server alone. */
export const serverWorkloads: readonly ServerWorkload[] = [listObjects, watchFanOut];
