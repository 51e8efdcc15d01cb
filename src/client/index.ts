/**
 * The TypeScript client: typed access to every kind, watches that lose no event, informers, work queues, controllers and
 * leader election, for tools and controllers of one's own. docs/client.md is the guide.
 */

// Objects, their kinds, and what goes wrong with them.
export * from "../api/errors.js";
export { type ApiObject, formatKey, keyOf, type ObjectKey, parseKey, type Whole, type WholeMeta } from "../api/object.js";
export { controllerOf, controllerReference, isControlledBy } from "../api/owner-reference.js";
export { compileLabelSelector, formatLabelSelector, parseLabelSelector } from "../api/selectors/label-selector.js";
export { intOrString, intOrStringValue } from "../api/values/int-or-string.js";
export { formatRfc3339, parseRfc3339, timeFromMs, timeToMs } from "../api/values/time.js";
// What programs are made of besides.
export { isAbort } from "../base/abort.js";
export type { BackoffOptions } from "../base/backoff.js";
export { type Clock, systemClock } from "../base/clock.js";
export { createLog, type Log, type LogFields, type LogLevel } from "../base/log.js";
export { createMetrics, type Metrics } from "../base/metrics.js";
export type { Runnable } from "../base/runnable.js";
export { stopOnSignals } from "../base/stop-signals.js";
// The connection, and calls.
export { type ApiClientOptions, createApiClient, type RemoteApiClient } from "./client.js";
export { type ConnectOptions, connect } from "./connect.js";
export * from "./contracts.js";
// Controllers.
export {
  type Caches,
  type ControllerDefinition,
  type ControllerSetup,
  createController,
  type ManagedController,
  type ReconcileRequest,
  type Watch,
  watch,
} from "./controller.js";
export { isTerminal, type ReconcileLoop, runReconciler, TerminalError } from "./controller-loop.js";
export { createManager, type ElectionOptions, type ManagerOptions } from "./controller-manager.js";
export type { Discovery } from "./discovery.js";
export { createEventRecorder, type EventRecorderOptions } from "./event-recorder.js";
export { HowbeconfigError, loadConfig, resolveContext } from "./howbeconfig.js";
// Caches.
export { createInformer, type InformerDeps } from "./informer.js";
export { createInformers, type InformerSet } from "./informer-set.js";
export * from "./kinds.js";
export { type LeaderOptions, type LeaderTimes, runLeader } from "./leader-election.js";
export { makeObject } from "./make-object.js";
export type * from "./messages.js";
export { createOrMutate, type MutateOptions, mutate } from "./mutate.js";
export { OwnWrites } from "./own-writes.js";
export { pagesOf } from "./pages-of.js";
export {
  createPodStreams,
  type ExecCallOptions,
  type PodProcess,
  type PodStreams,
  type ProcessOptions,
  type ProcessOutput,
  type TerminalSize,
} from "./pod-streams.js";
export type { RetryLimits } from "./retry-limiter.js";
export { isConnectionRefused } from "./server-unreachable.js";
export { TokenBucket, type TokenBucketOptions } from "./token-bucket.js";
export { createWorkQueue, type WorkQueue, type WorkQueueOptions } from "./work-queue.js";
