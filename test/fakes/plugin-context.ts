import type { Clock } from "../../src/base/clock.js";
import type { ClusterState } from "../../src/scheduler/cluster/cluster-state.js";
import { FailureLog } from "../../src/scheduler/cluster/failure-log.js";
import type { PluginContext } from "../../src/scheduler/framework/plugin-context.js";
import { FakeClock } from "./fake-clock.js";

/** What plugins are made with, over a state that a test sets up. */
export function pluginContext(state: ClusterState, clock: Clock = new FakeClock()): PluginContext {
  return { cluster: state, observe: (observer) => state.observe(observer), failureLog: new FailureLog(clock), clock };
}
