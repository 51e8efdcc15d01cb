/**
 * The TypeScript client: typed access to every kind, watches that lose no event, informers, work queues, reconcile loops
 * and leader election, for controllers and tools of one's own.
 */
export * from "../api/errors.js";
export { kindByName, kinds } from "../api/kinds/index.js";
export { type ApiObject, formatKey, keyOf, type ObjectKey, parseKey, type Whole } from "../api/object.js";
export { type ApiClientOptions, createApiClient, type RemoteApiClient } from "./client.js";
export * from "./contracts.js";
export { isTerminal, type ReconcileLoop, runReconciler, TerminalError } from "./controller-loop.js";
export type { Discovery } from "./discovery.js";
export { createEventRecorder, type EventRecorderOptions } from "./event-recorder.js";
export { loadConfig, resolveContext } from "./howbeconfig.js";
export { createInformer, type InformerDeps } from "./informer.js";
export { type LeaderOptions, runLeader } from "./leader-election.js";
export { OwnWrites } from "./own-writes.js";
export { isConnectionRefused } from "./server-unreachable.js";
export { createWorkQueue, type WorkQueue, type WorkQueueOptions } from "./work-queue.js";
