import type { Clock } from "../base/clock.js";
import type { Log } from "../base/log.js";
import type { Metrics } from "../base/metrics.js";
import type { ApiClient, EventRecorder } from "../client/contracts.js";
import type { MetricsSource } from "./horizontal-pod-autoscaler/metrics-source.js";
import type { SharedInformers } from "./shared-informers.js";

/** What every controller is given. It lives as long as one term of leadership. */
export interface ControllerDeps {
  /** Its writes are refused once another process leads. */
  readonly client: ApiClient;
  readonly informers: SharedInformers;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics?: Metrics | undefined;
  /** Statistics of pods, for autoscaling; none by default. */
  readonly podMetrics?: MetricsSource | undefined;
}

/**
 * Something that keeps a part of the cluster as it should be. Watches are set up when it is made; its caches are full
 * when it runs.
 */
export interface Controller {
  /** For logs and metrics, as "replicaset". */
  readonly name: string;
  /** Works until `signal` fires. */
  run(signal: AbortSignal): Promise<void>;
}

/** Makes a controller and sets up its watches. */
export type CreateController = (deps: ControllerDeps) => Controller;
