import { hostname } from "node:os";
import type { Clock } from "../base/clock.js";
import type { Log } from "../base/log.js";
import type { Metrics } from "../base/metrics.js";
import type { Runnable } from "../base/runnable.js";
import type { ApiClient } from "../client/contracts.js";
import { createEventRecorder } from "../client/event-recorder.js";
import { runLeader } from "../client/leader-election.js";
import { measureCacheWaits } from "../client/measured-informers.js";
import { runTerm } from "../client/run-term.js";
import type { Controller, ControllerDeps } from "./controller.js";
import { controllers, type ListedController } from "./list.js";
import { createSharedInformers } from "./shared-informers.js";

export interface ControllerManagerOptions {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics?: Metrics | undefined;
  readonly podMetrics?: ControllerDeps["podMetrics"];
  /** Who holds the leader's Lease, for people to read; the host's name by default. */
  readonly identity?: string | undefined;
  /** As in `LeaderOptions`. */
  readonly isDead?: ((holder: string) => boolean) | undefined;
}

/** Leases of leaders live beside the system's other objects. */
const leaderLease = { namespace: "kube-system", name: "controllers" };

/**
 * Runs all controllers. Of several managers one leads; the others wait. Each term begins from nothing: caches first,
 * then the controllers that work from them. What others build with `createManager` of the client is made of the same
 * parts; here every kind is watched, with indexes that the controllers share.
 */
export function createControllerManager(options: ControllerManagerOptions): Runnable {
  const { client, clock, log, metrics, podMetrics, identity = hostname(), isDead } = options;
  const lead = (fenced: ApiClient, signal: AbortSignal): Promise<void> =>
    runControllers({ client: fenced, clock, log, metrics, podMetrics }, signal);
  return { name: "controllers", run: (signal) => runLeader({ client, lease: leaderLease, identity, isDead, clock, log, lead }, signal) };
}

/** Runs controllers, with caches of their own, until `signal` fires. */
export async function runControllers(
  { client, clock, log, metrics, podMetrics }: Omit<ControllerManagerOptions, "identity" | "isDead">,
  signal: AbortSignal,
  listed: readonly ListedController[] = controllers,
): Promise<void> {
  const informers = createSharedInformers(client, { clock, log });
  const set = listed.map(({ component, create }) => {
    const events = createEventRecorder({ client, component, clock, log });
    const controller: Controller = create({
      client,
      informers: metrics === undefined ? informers : measureCacheWaits(informers, metrics, () => controller.name),
      events,
      clock,
      log,
      metrics,
      podMetrics,
    });
    return { events, controller };
  });
  const running = { controllers: set.map(({ controller }) => controller), recorders: set.map(({ events }) => events) };
  await runTerm({ informers, ...running, clock, log }, signal);
}
