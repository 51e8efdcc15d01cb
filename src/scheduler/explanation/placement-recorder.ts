import { isAlreadyExists, isApiError, isConflict, isForbidden, isNotFound } from "../../api/errors.js";
import { placementRecordKind } from "../../api/kinds/placementrecord/kind.js";
import { placementRecordName } from "../../api/kinds/placementrecord/record-name.js";
import { formatKey, keyOf } from "../../api/object.js";
import { abortable, type Deferred, deferred, isAbort } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { ApiClient, ResourceClient } from "../../client/contracts.js";
import { makeObject } from "../../client/make-object.js";
import type { PlacementRecord } from "../../gen/howbernetes/placement/v1/placement_record.js";
import type { ClusterView } from "../cluster/cluster-view.js";
import type { Attempt } from "../cycle/attempt.js";
import { findingsOf } from "./findings.js";
import { PendingRecords } from "./pending-records.js";
import { type Decision, placementOf, podReference } from "./placement.js";
import type { RecordMetrics } from "./record-metrics.js";
import { VerdictBudget } from "./verdict-budget.js";

export interface PlacementRecorderDeps {
  /** The leader's: what one that was replaced has found out is written no more. */
  readonly client: Pick<ApiClient, "of">;
  readonly cluster: ClusterView;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: RecordMetrics;
}

// As long as decisions come closer together than this, their bindings need the store.
const quietMs = 100;
// However busy: a pod that waits is asked about most when the cluster is full.
const trickleMs = 1_000;
// A pod that goes on waiting for the same reason is not news; asked live, it is explained anew.
const repeatMs = 5 * 60_000;
const rememberedOutcomes = 10_000;

/**
 * Writes down what decisions have found out, behind them: of each pod the newest, one after the other, and only while no
 * decisions are being made, else slowly and briefly. What nodes lack is asked again then, and not while pods wait to be decided.
 */
export class PlacementRecorder {
  private readonly pending = new PendingRecords();
  private readonly records: ResourceClient<PlacementRecord>;
  /** Of pods that wait: what was last written of them, and when; the oldest first. */
  private readonly outcomes = new Map<string, { readonly message: string; readonly atMs: number }>();
  private arrived: Deferred<void> = deferred();
  private lastDecisionMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly deps: PlacementRecorderDeps,
    private readonly budget = new VerdictBudget(deps.clock),
  ) {
    this.records = deps.client.of(placementRecordKind);
  }

  /** Takes note of a decision; `message` is the pod's sentence, where there is no node. Quick, and never fails. */
  decided(attempt: Attempt, attempts: number, message: string): void {
    const { clock, metrics } = this.deps;
    this.lastDecisionMs = clock.monotonicMs();
    if (attempt.nodeName === undefined && this.isTold(attempt.pod.uid, message)) return;
    const dropped = this.pending.put({ attempt, attempts, message, atMs: clock.now() });
    for (let count = 0; count < dropped; count++) metrics.recorded("dropped");
    this.arrived.resolve();
  }

  /** Writes until `signal` fires; what has not been written then is lost. */
  async run(signal: AbortSignal): Promise<void> {
    let isQuiet = true;
    for (;;) {
      const decision = this.pending.take();
      if (decision === undefined) {
        this.arrived = deferred();
        await abortable(this.arrived.promise, signal);
      } else await this.write(decision, !isQuiet, signal);
      isQuiet = await this.untilQuiet(signal);
    }
  }

  private isTold(uid: string, message: string): boolean {
    const told = this.outcomes.get(uid);
    return told?.message === message && this.deps.clock.monotonicMs() - told.atMs < repeatMs;
  }

  /** Resolves when no decisions are being made, or none has been written for a while. @returns whether it is the former */
  private async untilQuiet(signal: AbortSignal): Promise<boolean> {
    const { clock } = this.deps;
    const latestMs = clock.monotonicMs() + trickleMs;
    for (;;) {
      const nowMs = clock.monotonicMs();
      const quietAtMs = this.lastDecisionMs + quietMs;
      if (quietAtMs <= nowMs) return true;
      if (latestMs <= nowMs) return false;
      await clock.sleep(Math.min(quietAtMs, latestMs) - nowMs, signal);
    }
  }

  private async write(decision: Decision, isBrief: boolean, signal: AbortSignal): Promise<void> {
    const { log, metrics } = this.deps;
    const { pod } = decision.attempt;
    try {
      const findings = await findingsOf(decision, { ...this.deps, budget: this.budget }, isBrief, signal);
      const placement = placementOf(decision, findings);
      const { namespace } = pod.pod.metadata;
      const metadata = { namespace, name: placementRecordName(pod.pod.metadata) };
      await this.put(makeObject(placementRecordKind, { metadata, pod: podReference(pod), placement }), decision.attempts > 1, signal);
      this.remember(decision);
      metrics.recorded("written");
    } catch (error: unknown) {
      if (isAbort(error)) throw error;
      metrics.recorded("failed");
      // Its namespace is on its way out, or another scheduler leads.
      const isExpected = isForbidden(error) || isNotFound(error) || isConflict(error);
      const fields = { pod: formatKey(keyOf(pod.pod)), error };
      if (isExpected || !isApiError(error)) log.debug("placement was not recorded", fields);
      else log.warn("placement could not be recorded", fields);
    }
  }

  /** Creates a record or takes the place of the one before, whichever is likelier first. */
  private async put(record: PlacementRecord, likelyThere: boolean, signal: AbortSignal): Promise<void> {
    const create = () => this.records.create(record, { signal });
    const update = () => this.records.update(record, { signal });
    const [first, second, missed] = likelyThere ? [update, create, isNotFound] : [create, update, isAlreadyExists];
    await first().catch((error: unknown) => {
      if (!missed(error)) throw error;
      return second();
    });
  }

  private remember({ attempt: { pod, nodeName }, message }: Decision): void {
    this.outcomes.delete(pod.uid);
    if (nodeName !== undefined) return;
    this.outcomes.set(pod.uid, { message, atMs: this.deps.clock.monotonicMs() });
    if (this.outcomes.size <= rememberedOutcomes) return;
    const [oldest] = this.outcomes.keys();
    if (oldest !== undefined) this.outcomes.delete(oldest);
  }
}
