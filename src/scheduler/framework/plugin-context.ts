import type { Clock } from "../../base/clock.js";
import type { ClusterView, PlacementObserver } from "../cluster/cluster-view.js";

/** What plugins are made with, once for a term of leadership. */
export interface PluginContext {
  readonly cluster: ClusterView;
  /** Tells an index of what is placed already, and from then on of every change. */
  observe(observer: PlacementObserver): void;
  readonly clock: Clock;
}
