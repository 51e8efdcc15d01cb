import { hostname } from "node:os";
import type { Clock } from "../base/clock.js";
import type { Log } from "../base/log.js";
import type { Metrics } from "../base/metrics.js";
import type { Runnable } from "../base/runnable.js";
import type { ApiClient } from "../client/contracts.js";
import { createEventRecorder } from "../client/event-recorder.js";
import { runLeader } from "../client/leader-election.js";
import { defaultSchedulerName } from "./cluster/pod-info.js";
import { createDefaultProfile } from "./default-profile.js";
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
}

/** Leases of leaders live beside the system's other objects. */
const leaderLease = { namespace: "kube-system", name: "scheduler" };

/**
 * Gives every pod without a node the one that suits it best. Of several schedulers one leads; the others wait. Works
 * from watches alone: a pod is bound as soon as its creation is seen.
 */
export function createScheduler(options: SchedulerOptions): Runnable {
  const { client, clock, log, metrics, identity = hostname(), isDead } = options;
  const lead = async (fenced: ApiClient, signal: AbortSignal): Promise<void> => {
    const events = createEventRecorder({ client: fenced, component: defaultSchedulerName, clock, log });
    await new SchedulingTerm({ client: fenced, events, profiles: (context) => [createDefaultProfile(context)], clock, log, metrics }).run(
      signal,
    );
    await events.flush();
  };
  return { name: "scheduler", run: (signal) => runLeader({ client, lease: leaderLease, identity, isDead, clock, log, lead }, signal) };
}
