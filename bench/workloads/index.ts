import { deploymentUpDown } from "./deployment-up-down.js";
import { fortyPods } from "./forty-pods.js";
import { getObjects } from "./get-objects.js";
import { hardScheduling } from "./hard-scheduling.js";
import { killedContainer } from "./killed-container.js";
import { largeReplicaSet } from "./large-replica-set.js";
import { listObjects } from "./list-objects.js";
import { onePod } from "./one-pod.js";
import { rollingUpdate } from "./rolling-update.js";
import { sandboxCost } from "./sandbox-cost.js";
import { schedulingThroughput } from "./scheduling-throughput.js";
import { serverRestart } from "./server-restart.js";
import { shortLivedContainers } from "./short-lived-containers.js";
import { testClusterStart } from "./test-cluster-start.js";
import { watchCatchUp } from "./watch-catch-up.js";
import { watchFanOut } from "./watch-fan-out.js";
import type { ServerWorkload, Workload } from "./workload.js";
import { writeObjects } from "./write-objects.js";

/** Every benchmark of a cluster on Docker. */
export const workloads: readonly Workload[] = [
  fortyPods,
  deploymentUpDown,
  onePod,
  rollingUpdate,
  killedContainer,
  shortLivedContainers,
  sandboxCost,
];

/** Every benchmark of the control plane alone. */
export const serverWorkloads: readonly ServerWorkload[] = [
  writeObjects,
  getObjects,
  listObjects,
  watchFanOut,
  watchCatchUp,
  serverRestart,
  schedulingThroughput,
  hardScheduling,
  largeReplicaSet,
  testClusterStart,
];
