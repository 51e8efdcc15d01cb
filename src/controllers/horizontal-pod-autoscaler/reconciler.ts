import { isConflict } from "../../api/errors.js";
import { horizontalPodAutoscalerKind } from "../../api/kinds/horizontalpodautoscaler/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { formatKey, keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import { parseLabelSelector } from "../../api/selectors/label-selector.js";
import { quantityNumber } from "../../api/values/quantity.js";
import { timeFromMs } from "../../api/values/time.js";
import { isAbort } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { ApiClient, EventRecorder, Informer, Reconciler, Result } from "../../client/contracts.js";
import type { OwnWrites } from "../../client/own-writes.js";
import { Scale } from "../../gen/howbernetes/autoscaling/v1/scale.js";
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerStatus,
} from "../../gen/howbernetes/autoscaling/v2/horizontal_pod_autoscaler.js";
import type { SharedInformers } from "../shared-informers.js";
import { writeStatus } from "../write-status.js";
import { Conditions } from "./conditions.js";
import { evaluateMetrics } from "./evaluate-metrics.js";
import { grant, type Reason } from "./limits.js";
import type { MetricsSource } from "./metrics-source.js";
import type { MetricUnavailable, ScaledPods } from "./proposal.js";
import { findScaleTarget, type ScaleTarget } from "./scale-target.js";
import { ScalingHistory } from "./scaling-history.js";

export interface HorizontalPodAutoscalerDeps {
  readonly autoscalers: Informer<HorizontalPodAutoscaler>;
  readonly informers: SharedInformers;
  readonly client: ApiClient;
  readonly metrics: MetricsSource;
  readonly events: EventRecorder;
  readonly ownWrites: OwnWrites;
  readonly clock: Clock;
}

/** Statistics are asked for, they are not pushed: so often each autoscaler looks, as in Kubernetes. */
export const periodMs = 15_000;
const defaultTolerance = 0.1;

/** What a look came to: what to write into the status besides the conditions. */
type Outcome = Pick<HorizontalPodAutoscalerStatus, "currentReplicas" | "desiredReplicas"> & Partial<HorizontalPodAutoscalerStatus>;

/** One look at one autoscaler. */
interface Look {
  readonly autoscaler: Whole<HorizontalPodAutoscaler>;
  readonly conditions: Conditions;
  readonly signal: AbortSignal;
}

/** What to scale to. */
interface Decision {
  readonly replicas: number;
  readonly why: string;
  readonly currentMetrics?: HorizontalPodAutoscalerStatus["currentMetrics"];
}

/** Asks for statistics and sets replicas by them: the rules are in `replica-count.ts` and `limits.ts`. */
export class HorizontalPodAutoscalerReconciler implements Reconciler {
  private readonly histories = new Map<string, ScalingHistory>();

  constructor(private readonly deps: HorizontalPodAutoscalerDeps) {}

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const { autoscalers, client, ownWrites, clock } = this.deps;
    const autoscaler = autoscalers.get(key);
    if (autoscaler === undefined) {
      this.histories.delete(formatKey(key));
      ownWrites.forget(key);
      return {};
    }
    if (autoscaler.metadata.deletionTimestamp !== undefined) return {};
    const conditions = new Conditions(autoscaler.status.conditions, clock.now());
    const outcome = await this.look({ autoscaler, conditions, signal });
    const status = {
      ...autoscaler.status,
      ...outcome,
      observedGeneration: autoscaler.metadata.generation ?? 0,
      conditions: conditions.all(),
    };
    await writeStatus(client.of(horizontalPodAutoscalerKind), autoscaler, status, signal);
    return { requeueAfterMs: periodMs };
  }

  private async look(look: Look): Promise<Partial<HorizontalPodAutoscalerStatus>> {
    const { autoscaler, conditions, signal } = look;
    let target: ScaleTarget;
    try {
      target = findScaleTarget(this.deps.informers, autoscaler);
      // What was scaled to must be seen before it is scaled from.
      await this.deps.informers.of(target.kind).reached(this.deps.ownWrites.lastRevision(keyOf(autoscaler)), signal);
      target = findScaleTarget(this.deps.informers, autoscaler);
    } catch (error: unknown) {
      if (isAbort(error)) throw error;
      this.tell(autoscaler, "Warning", "FailedGetScale", textOf(error));
      const message = `the HPA controller was unable to get the target's current scale: ${textOf(error)}`;
      conditions.set("AbleToScale", false, { reason: "FailedGetScale", message });
      return {};
    }
    conditions.set("AbleToScale", true, {
      reason: "SucceededGetScale",
      message: "the HPA controller was able to get the target's current scale",
    });
    this.historyOf(autoscaler).begin(target.wanted, this.deps.clock.monotonicMs());
    return await this.follow(look, target);
  }

  private async follow(look: Look, target: ScaleTarget): Promise<Outcome> {
    const { autoscaler, conditions } = look;
    const { minReplicas: min = 1, maxReplicas: max = min } = autoscaler.spec;
    const current = target.wanted;
    const unchanged = { currentReplicas: current, desiredReplicas: autoscaler.status.desiredReplicas };
    if (current === 0 && min !== 0) {
      const message = "scaling is disabled since the replica count of the target is zero";
      conditions.set("ScalingActive", false, { reason: "ScalingDisabled", message });
      return { currentReplicas: 0, desiredReplicas: 0, currentMetrics: [] };
    }
    if (current > max) return await this.scale(look, target, { replicas: max, why: "Current number of replicas above Spec.MaxReplicas" });
    if (current < min) return await this.scale(look, target, { replicas: min, why: "Current number of replicas below Spec.MinReplicas" });
    const decision = await this.decide(look, target, { min, max });
    if ("failed" in decision) return { ...unchanged, ...decision.failed };
    if (decision.replicas !== current) return await this.scale(look, target, decision);
    return { currentReplicas: current, desiredReplicas: current, currentMetrics: decision.currentMetrics ?? [] };
  }

  /** What the metrics ask for, as far as it is granted. */
  private async decide(
    { autoscaler, conditions, signal }: Look,
    target: ScaleTarget,
    { min, max }: { readonly min: number; readonly max: number },
  ): Promise<Decision | { readonly failed: Partial<HorizontalPodAutoscalerStatus> }> {
    const selected = this.selectPods(autoscaler, target);
    if ("reason" in selected) {
      this.tell(autoscaler, "Warning", selected.reason, selected.message);
      conditions.set("ScalingActive", false, selected);
      this.tell(autoscaler, "Warning", "FailedComputeMetricsReplicas", selected.message);
      return { failed: {} };
    }
    const { statuses, failures, highest } = await evaluateMetrics(autoscaler.spec.metrics, selected, this.deps.metrics, signal);
    for (const { reason, message } of failures) this.tell(autoscaler, "Warning", reason, message);
    if (highest === undefined) {
      this.cannotCompute(autoscaler, conditions, failures);
      return { failed: { currentMetrics: [...statuses] } };
    }
    conditions.set("ScalingActive", true, {
      reason: "ValidMetricFound",
      message: `the HPA was able to successfully calculate a replica count from ${highest.name}`,
    });
    const current = target.wanted;
    const why = highest.replicas > current ? `${highest.name} above target` : "All metrics below target";
    const nowMs = this.deps.clock.monotonicMs();
    const history = this.historyOf(autoscaler);
    const { behavior } = autoscaler.spec;
    const granted = grant({ current, desired: highest.replicas, min, max, behavior, history, nowMs });
    history.recommend(highest.replicas, nowMs);
    conditions.set("AbleToScale", true, granted.able);
    conditions.set("ScalingLimited", granted.isLimited, granted.limited);
    return { replicas: granted.replicas, why, currentMetrics: [...statuses] };
  }

  private cannotCompute(autoscaler: Whole<HorizontalPodAutoscaler>, conditions: Conditions, failures: readonly MetricUnavailable[]): void {
    const [first] = failures;
    if (first === undefined) return;
    const message = `the HPA was unable to compute the replica count: ${first.message}`;
    conditions.set("ScalingActive", false, { reason: first.reason, message });
    const all = `invalid metrics (${failures.length} invalid out of ${autoscaler.spec.metrics.length})`;
    const why = `${all}, first error is: failed to get ${first.subject} metric value: ${first.message}`;
    this.tell(autoscaler, "Warning", "FailedComputeMetricsReplicas", why);
  }

  /** The pods that are scaled; or why they can't be told. Two autoscalers of the same pods would pull at them for ever. */
  private selectPods(autoscaler: Whole<HorizontalPodAutoscaler>, { selector: text, wanted, counted }: ScaleTarget): ScaledPods | Reason {
    if (text === "") return { reason: "InvalidSelector", message: "the HPA target's scale is missing a selector" };
    const { informers, clock } = this.deps;
    const { namespace } = autoscaler.metadata;
    const selector = parseLabelSelector(text);
    const pods = informers
      .of(podKind)
      .list(namespace)
      .filter(({ metadata }) => selector.matches(metadata.labels));
    const rivals = this.deps.autoscalers
      .list(namespace)
      .filter((other) => other.metadata.uid !== autoscaler.metadata.uid && this.selectsAny(other, pods));
    if (rivals.length > 0) {
      const names = [autoscaler, ...rivals].map((each) => formatKey(keyOf(each))).sort();
      return { reason: "AmbiguousSelector", message: `pods by selector ${text} are controlled by multiple HPAs: [${names.join(" ")}]` };
    }
    return { namespace, selector, pods, wanted, counted, tolerances: tolerancesOf(autoscaler), nowMs: clock.now() };
  }

  private selectsAny(autoscaler: Whole<HorizontalPodAutoscaler>, pods: ScaledPods["pods"]): boolean {
    try {
      const { selector } = findScaleTarget(this.deps.informers, autoscaler);
      return selector !== "" && pods.some(({ metadata }) => parseLabelSelector(selector).matches(metadata.labels));
    } catch (_notFound: unknown) {
      return false;
    }
  }

  private async scale(
    { autoscaler, conditions, signal }: Look,
    target: ScaleTarget,
    { replicas, why, currentMetrics }: Decision,
  ): Promise<Outcome> {
    const { client, clock, ownWrites } = this.deps;
    const current = target.wanted;
    const { name, namespace, resourceVersion, uid } = target.object.metadata;
    const scale = Scale.fromPartial({ metadata: { name, namespace, resourceVersion, uid }, spec: { replicas } });
    const measured = { currentMetrics: currentMetrics ?? [], currentReplicas: current };
    try {
      const scaled = await client.of(target.kind).updateScale({ namespace, name }, scale, { signal });
      ownWrites.record(keyOf(autoscaler), scaled.metadata.resourceVersion);
    } catch (error: unknown) {
      // The target has changed meanwhile: look again at once.
      if (isAbort(error) || isConflict(error)) throw error;
      this.tell(autoscaler, "Warning", "FailedRescale", `New size: ${replicas}; reason: ${why}; error: ${textOf(error)}`);
      const message = `the HPA controller was unable to update the target scale: ${textOf(error)}`;
      conditions.set("AbleToScale", false, { reason: "FailedUpdateScale", message });
      return { ...measured, desiredReplicas: autoscaler.status.desiredReplicas };
    }
    const message = `the HPA controller was able to update the target scale to ${replicas}`;
    conditions.set("AbleToScale", true, { reason: "SucceededRescale", message });
    this.tell(autoscaler, "Normal", "SuccessfulRescale", `New size: ${replicas}; reason: ${why}`);
    this.historyOf(autoscaler).scaled(replicas - current, clock.monotonicMs());
    return { ...measured, desiredReplicas: replicas, lastScaleTime: timeFromMs(clock.now()) };
  }

  private historyOf(autoscaler: Whole<HorizontalPodAutoscaler>): ScalingHistory {
    const key = formatKey(keyOf(autoscaler));
    const history = this.histories.get(key) ?? new ScalingHistory();
    this.histories.set(key, history);
    return history;
  }

  private tell(object: Whole<HorizontalPodAutoscaler>, type: "Normal" | "Warning", reason: string, message: string): void {
    this.deps.events.event({ kind: horizontalPodAutoscalerKind, object }, type, reason, message);
  }
}

function tolerancesOf({ spec }: Whole<HorizontalPodAutoscaler>): ScaledPods["tolerances"] {
  const { scaleUp, scaleDown } = spec.behavior ?? {};
  return {
    up: scaleUp?.tolerance === undefined ? defaultTolerance : quantityNumber(scaleUp.tolerance),
    down: scaleDown?.tolerance === undefined ? defaultTolerance : quantityNumber(scaleDown.tolerance),
  };
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
