import type { ObjectKey } from "../../api/object.js";
import type { BackoffOptions } from "../../base/backoff.js";
import { defaultLeaderTimes, type LeaderTimes } from "../../client/leader-election.js";
import { defaultSchedulerName } from "../cluster/pod-info.js";
import { schedulingBackoff } from "../queue/scheduling-queue.js";
import { defaultPluginArgs, type PluginArgs } from "./plugin-args.js";
import type { PluginSets } from "./select-plugins.js";

/** How the pods of one `schedulerName` are placed. */
export interface ProfileConfiguration {
  readonly schedulerName: string;
  readonly plugins: PluginSets;
  readonly args: PluginArgs;
  /** How many percent of the nodes to find feasible before choosing among them; 0 lets the number of nodes decide. */
  readonly percentageOfNodesToScore: number;
}

/** How a scheduler works: what is honoured of Kubernetes' KubeSchedulerConfiguration. */
export interface SchedulerConfiguration {
  readonly profiles: readonly ProfileConfiguration[];
  /** How long a pod that was tried in vain waits, from the first time on. */
  readonly backoff: BackoffOptions;
  /** Of several schedulers only the one that holds this Lease works. */
  readonly election: { readonly lease: ObjectKey; readonly times: LeaderTimes };
}

/** The default scheduler's. */
export const defaultProfileConfiguration: ProfileConfiguration = {
  schedulerName: defaultSchedulerName,
  plugins: {},
  args: defaultPluginArgs,
  percentageOfNodesToScore: 0,
};

/** How a scheduler works that is told nothing. Leases of leaders live beside the system's other objects. */
export const defaultSchedulerConfiguration: SchedulerConfiguration = {
  profiles: [defaultProfileConfiguration],
  backoff: schedulingBackoff,
  election: { lease: { namespace: "kube-system", name: "scheduler" }, times: defaultLeaderTimes },
};
