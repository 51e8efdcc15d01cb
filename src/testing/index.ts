/** A whole cluster in one process, for tests of controllers and tools of one's own. */

export type { HollowBehaviour, HollowRuntime } from "../howbelet/runtime/hollow/hollow-runtime.js";
export type { ContainerConfig } from "../howbelet/runtime/interface.js";
export type { MovableClock } from "./movable-clock.js";
export { startCluster, type TestClusterOptions } from "./start-cluster.js";
export type { JoiningNode, NodeInvitation, TestCluster, TestNode, WaitOptions } from "./test-cluster.js";
