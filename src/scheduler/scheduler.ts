import { hostname } from "node:os";
import { sharedSignal } from "../base/abort.js";
import type { Clock } from "../base/clock.js";
import { linkAbort } from "../base/linked-abort.js";
import type { Log } from "../base/log.js";
import type { Metrics } from "../base/metrics.js";
import type { Runnable } from "../base/runnable.js";
import type { ApiClient } from "../client/contracts.js";
import { runLeader } from "../client/leader-election.js";
import { Insight } from "./answering/insight.js";
import type { ApiServers } from "./answering/keep-answering.js";
import { createProfiles } from "./configuration/create-profile.js";
import { defaultSchedulerConfiguration, type SchedulerConfiguration } from "./configuration/scheduler-configuration.js";
import { createProfileEvents } from "./profile-events.js";
import { SchedulingTerm } from "./scheduling-term.js";

export interface SchedulerOptions {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics?: Metrics | undefined;
  /** Who holds the leader's Lease, for people to read; the host's name by default. */
  readonly identity?: string | undefined;
  /** As in `LeaderOptions`. */
  readonly isDead?: ((holder: string) => boolean) | undefined;
  /** How the leader gets to each api-server to be asked why pods are where they are; without it nobody can ask. */
  readonly servers?: ApiServers | undefined;
  /** `defaultSchedulerConfiguration` by default. */
  readonly configuration?: SchedulerConfiguration | undefined;
}

/**
 * Gives every pod without a node the one that suits it best. Of several schedulers one leads; the others wait. Works
 * from watches alone: a pod is bound as soon as its creation is seen.
 */
export function createScheduler(options: SchedulerOptions): Runnable {
  const { client, clock, log, identity = hostname(), isDead, configuration = defaultSchedulerConfiguration } = options;
  const { lease, times } = configuration.election;
  const lead = (fenced: ApiClient, signal: AbortSignal, term: number): Promise<void> => leadTerm(options, fenced, term, signal);
  return { name: "scheduler", run: (signal) => runLeader({ client, lease, times, identity, isDead, clock, log, lead }, signal) };
}

async function leadTerm(
  { clock, log, metrics, servers, configuration = defaultSchedulerConfiguration }: SchedulerOptions,
  client: ApiClient,
  term: number,
  signal: AbortSignal,
): Promise<void> {
  const names = configuration.profiles.map(({ schedulerName }) => schedulerName);
  const events = createProfileEvents(names, { client, clock, log });
  const scheduling = new SchedulingTerm({
    client,
    events,
    profiles: (context) => createProfiles(configuration.profiles, context),
    backoff: configuration.backoff,
    clock,
    log,
    metrics,
    decided: (attempt, { attempts }) => insight.decided(attempt, attempts),
  });
  const { state: cluster, profiles, informers } = scheduling;
  const synced = (stop: AbortSignal): Promise<void> => scheduling.synced(stop);
  const answering = servers === undefined ? undefined : { servers, term };
  const insight = new Insight({ client, cluster, profiles, pods: informers.pods, synced, clock, log, metrics, answering });
  const stop = linkAbort(signal);
  const both = sharedSignal(stop.signal);
  // The term is over when both have ended: the next leader may be at work then.
  const working = [scheduling.run(both), insight.run(both)];
  try {
    await Promise.all(working);
  } finally {
    stop.abort();
    stop.unlink();
    await Promise.allSettled(working);
  }
  await events.flush();
}
