import { hostname } from "node:os";
import type { ObjectKey } from "../api/object.js";
import { type Clock, systemClock } from "../base/clock.js";
import { createLog, type Log } from "../base/log.js";
import type { Metrics } from "../base/metrics.js";
import type { Runnable } from "../base/runnable.js";
import type { ApiClient } from "./contracts.js";
import type { ManagedController } from "./controller.js";
import { createEventRecorder } from "./event-recorder.js";
import { createInformers } from "./informer-set.js";
import { type LeaderTimes, runLeader } from "./leader-election.js";
import { runTerm } from "./run-term.js";

/** How several processes agree on which of them works. */
export interface ElectionOptions {
  /** Theirs, and nobody else's. It is made when absent, in a namespace that is there. */
  readonly lease: ObjectKey;
  /** For people, the host's name by default; what makes it unique is added. */
  readonly identity?: string;
  readonly times?: LeaderTimes;
}

/** What a manager runs, and where. */
export interface ManagerOptions {
  readonly client: ApiClient;
  readonly controllers: readonly ManagedController[];
  /** Absent: this process works, whatever others do. */
  readonly election?: ElectionOptions;
  readonly clock?: Clock;
  /** JSON lines on standard error, from "info" on, by default. */
  readonly log?: Log;
  readonly metrics?: Metrics;
}

/**
 * Runs controllers in one process. They share their caches; one that throws is logged, started again after 5 s, and
 * never stops the others. With an election, of several managers one works and the others wait to take its place. Each
 * term begins with caches of its own, filled after the election: they then show all that the leader before has done.
 */
export function createManager(options: ManagerOptions): Runnable {
  const { client, election, clock = systemClock, log = createLog("controllers") } = options;
  const lead = (fenced: ApiClient, signal: AbortSignal): Promise<void> =>
    runControllers({ ...options, clock, log, client: fenced }, signal);
  if (election === undefined) return { name: "controllers", run: (signal) => lead(client, signal) };
  const { lease, identity = hostname(), times } = election;
  return { name: "controllers", run: (signal) => runLeader({ client, lease, identity, times, clock, log, lead }, signal) };
}

type TermOptions = ManagerOptions & { readonly clock: Clock; readonly log: Log };

async function runControllers({ client, controllers, clock, log, metrics }: TermOptions, signal: AbortSignal): Promise<void> {
  const informers = createInformers(client, { clock, log });
  const set = controllers.map((controller) => {
    const events = createEventRecorder({ client, component: controller.name, clock, log });
    return { events, runnable: controller.setUp({ client, informers, events, clock, log, metrics }) };
  });
  const running = { controllers: set.map(({ runnable }) => runnable), recorders: set.map(({ events }) => events) };
  await runTerm({ informers, ...running, clock, log }, signal);
}
