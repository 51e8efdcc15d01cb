import type { Clock } from "../../base/clock.js";
import type { ClusterView, PlacementObserver } from "../cluster/cluster-view.js";
import type { FailureLog } from "../cluster/failure-log.js";

/** What plugins are made with, once for a term of leadership. */
export interface PluginContext {
  readonly cluster: ClusterView;
  /** Tells an index of what is placed already, and from then on of every change. */
  observe(observer: PlacementObserver): void;
  /** Where pods have failed of late. */
  readonly failureLog: FailureLog;
  readonly clock: Clock;
}
