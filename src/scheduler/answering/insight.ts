import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { Metrics } from "../../base/metrics.js";
import type { Runnable } from "../../base/runnable.js";
import type { ApiClient, Informer } from "../../client/contracts.js";
import { keepRunning } from "../../client/keep-running.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { ClusterView } from "../cluster/cluster-view.js";
import type { Attempt } from "../cycle/attempt.js";
import { unplacedMessage } from "../cycle/sentence.js";
import { PlacementRecorder } from "../explanation/placement-recorder.js";
import { createRecordMetrics } from "../explanation/record-metrics.js";
import type { Profile } from "../framework/plugin.js";
import { Answerer } from "./answerer.js";
import { type ApiServers, keepAnswering } from "./keep-answering.js";

export interface InsightDeps {
  readonly client: ApiClient;
  readonly cluster: ClusterView;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly pods: Pick<Informer<Pod>, "get" | "reached">;
  /** Resolves when all is known that there is. */
  readonly synced: (signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics | undefined;
  /** Who may ask; without it nobody can. */
  readonly answering: AnsweringTerm | undefined;
}

/** A term of leadership, to those who ask. */
export interface AnsweringTerm {
  readonly servers: ApiServers;
  /** Greater than that of every leader before. */
  readonly term: number;
}

/** What a term tells besides its decisions: records of them, and answers to what it is asked. Neither holds a decision up. */
export class Insight {
  private readonly recorder: PlacementRecorder;
  private readonly answerer: Answerer;

  constructor(private readonly deps: InsightDeps) {
    const { client, cluster, clock, log, metrics } = deps;
    this.recorder = new PlacementRecorder({ client, cluster, clock, log, metrics: createRecordMetrics(metrics) });
    this.answerer = new Answerer(deps);
  }

  /** Takes note of a decision, as the `attempts`th about its pod. Quick, and never fails. */
  decided(attempt: Attempt, attempts: number): void {
    this.recorder.decided(attempt, attempts, messageOf(attempt));
  }

  /** Works until `signal` fires. What fails by a fault of its own is begun anew: no decision is lost for it. */
  async run(signal: AbortSignal): Promise<void> {
    const { answering, client, clock, log } = this.deps;
    const parts: Runnable[] = [{ name: "placement records", run: (stop) => this.recorder.run(stop) }];
    if (answering !== undefined) {
      const deps = { client, answerer: this.answerer, ...answering, clock, log };
      parts.push({ name: "answers", run: (stop) => keepAnswering(deps, stop) });
    }
    await Promise.all(parts.map((part) => keepRunning(part, { clock, log }, signal)));
  }
}

/** As in the pod's condition, where there is no node. */
function messageOf(attempt: Attempt): string {
  const { nodeName, nodeCount, feasibleCount } = attempt;
  // Why others will not do is counted when it is asked for: not where a node was found.
  if (nodeName === undefined) return unplacedMessage(attempt);
  return `${nodeName} was chosen of ${feasibleCount} that would do, of ${nodeCount} nodes`;
}
