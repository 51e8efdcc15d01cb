import type { Whole } from "../../api/object.js";
import type { LabelSelector } from "../../api/selectors/label-selector.js";
import { canonicalQuantity, milliOf } from "../../api/values/quantity.js";
import {
  type ExternalMetricSource,
  MetricIdentifier,
  type MetricSpec,
  MetricStatus,
  type ObjectMetricSource,
  type PodsMetricSource,
  type ResourceMetricSource,
} from "../../gen/howbernetes/autoscaling/v2/metric.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Quantity } from "../../gen/howbernetes/meta/v1/values.js";
import { isReady, isTerminating } from "../pod-state.js";
import type { MetricsSource, PodSamples } from "./metrics-source.js";
import { groupPods } from "./pod-groups.js";
import { podRequests } from "./pod-requests.js";
import {
  averageOf,
  countByPods,
  countByShare,
  countByValue,
  type ReplicaCount,
  type Tolerances,
  utilizationOf,
  type Yardstick,
} from "./replica-count.js";

/** What a metric asks for. */
export interface Proposal {
  readonly replicas: number;
  /** The metric, for people to read. */
  readonly name: string;
  readonly status: MetricStatus;
}

/** What a metric is seen against. */
export interface ScaledPods {
  readonly namespace: string;
  readonly selector: LabelSelector;
  readonly pods: readonly Whole<Pod>[];
  /** Replicas wanted, and counted. */
  readonly wanted: number;
  readonly counted: number;
  readonly tolerances: Tolerances;
  readonly nowMs: number;
}

/** Why a metric asks for nothing: `reason` as in the condition ScalingActive. */
export class MetricUnavailable extends Error {
  override readonly name = "MetricUnavailable";

  constructor(
    readonly reason: string,
    /** What it is that could not be had, as "cpu resource". */
    readonly subject: string,
    message: string,
  ) {
    super(message);
  }
}

/** Has a metric measured, and works out how many replicas it asks for. @throws MetricUnavailable */
export async function propose(spec: MetricSpec, target: ScaledPods, source: MetricsSource, signal: AbortSignal): Promise<Proposal> {
  const { type = "", resource, containerResource, pods, object, external } = spec;
  const asked = new Proposer(target, source, signal);
  if (resource !== undefined && type === "Resource") {
    const name = resource.name ?? "";
    return await orUnavailable("FailedGetResourceMetric", `${name} resource`, async () => await asked.resource(resource, ""));
  }
  if (containerResource !== undefined && type === "ContainerResource") {
    const { name = "", container = "" } = containerResource;
    return await orUnavailable("FailedGetContainerResourceMetric", `${name} container`, () => asked.resource(containerResource, container));
  }
  if (pods !== undefined && type === "Pods") return await orUnavailable("FailedGetPodsMetric", "pods", () => asked.pods(pods));
  if (object !== undefined && type === "Object") return await orUnavailable("FailedGetObjectMetric", "object", () => asked.object(object));
  if (external !== undefined && type === "External") {
    const name = external.metric?.name ?? "";
    return await orUnavailable("FailedGetExternalMetric", `${name} external`, () => asked.external(external));
  }
  throw new MetricUnavailable("InvalidMetricSourceType", type, `unknown metric source type "${type}"`);
}

async function orUnavailable(reason: string, subject: string, ask: () => Promise<Proposal>): Promise<Proposal> {
  try {
    return await ask();
  } catch (error: unknown) {
    throw new MetricUnavailable(reason, subject, error instanceof Error ? error.message : String(error));
  }
}

/** One method a type of metric. */
class Proposer {
  constructor(
    private readonly target: ScaledPods,
    private readonly source: MetricsSource,
    private readonly signal: AbortSignal,
  ) {}

  async resource({ name = "", target }: ResourceMetricSource, container: string): Promise<Proposal> {
    const { namespace, selector, pods } = this.target;
    const utilization = target?.averageUtilization;
    const average = target?.averageValue;
    if (utilization === undefined && average === undefined) {
      throw new Error("invalid resource metric source: neither an average utilization target nor an average value (usage) target was set");
    }
    const samples = await this.measured(`failed to get ${name} utilization: unable to get metrics for resource ${name}`, () =>
      this.source.resource({ namespace, selector, resource: name, container }, this.signal),
    );
    const yardstick = (): Yardstick =>
      average === undefined ? utilizationOf(utilization ?? 0, podRequests(pods, name, container)) : averageOf(milliOf(average));
    const { replicas, usage } = within(`failed to get ${name} utilization`, () => this.count(samples, yardstick, name));
    const current = { averageValue: quantity(usage.average), averageUtilization: usage.utilization };
    const status =
      container === ""
        ? MetricStatus.fromPartial({ type: "Resource", resource: { name, current } })
        : MetricStatus.fromPartial({ type: "ContainerResource", containerResource: { name, container, current } });
    return { replicas, name: average === undefined ? `${name} resource utilization (percentage of request)` : `${name} resource`, status };
  }

  async pods({ metric = noMetric, target }: PodsMetricSource): Promise<Proposal> {
    const { namespace, selector } = this.target;
    const samples = await this.measured(`unable to get metric ${metric.name}`, () =>
      offered(this.source.pods?.({ namespace, selector, metric }, this.signal)),
    );
    const { replicas, usage } = this.count(samples, () => averageOf(milliOf(target?.averageValue)), "");
    const status = MetricStatus.fromPartial({ type: "Pods", pods: { metric, current: { averageValue: quantity(usage.average) } } });
    return { replicas, name: `pods metric ${metric.name}`, status };
  }

  async object({ metric = noMetric, target, describedObject = { kind: "", name: "" } }: ObjectMetricSource): Promise<Proposal> {
    const { namespace } = this.target;
    const about = `${describedObject.kind} ${namespace} ${describedObject.name}`;
    const milli = await this.measured(`unable to get metric ${metric.name}: ${about}`, () =>
      offered(this.source.object?.({ namespace, object: describedObject, metric }, this.signal)),
    );
    const { replicas, current } = this.countValue(milli, target);
    return {
      replicas,
      name: `${describedObject.kind} metric ${metric.name}`,
      status: MetricStatus.fromPartial({ type: "Object", object: { metric, describedObject, current } }),
    };
  }

  async external({ metric = noMetric, target }: ExternalMetricSource): Promise<Proposal> {
    const { namespace } = this.target;
    const values = await this.measured(`unable to get external metric ${namespace}/${metric.name}`, () =>
      offered(this.source.external?.({ namespace, metric }, this.signal)),
    );
    const milli = values.reduce((sum, value) => sum + value, 0);
    const { replicas, current } = this.countValue(milli, target);
    return {
      replicas,
      name: `external metric ${metric.name}`,
      status: MetricStatus.fromPartial({ type: "External", external: { metric, current } }),
    };
  }

  private count(samples: PodSamples, yardstick: () => Yardstick, resource: string): ReplicaCount {
    const { pods, wanted, tolerances, nowMs } = this.target;
    if (pods.length === 0) throw new Error("no pods returned by selector while calculating replica count");
    const groups = groupPods(pods, samples, resource, nowMs);
    return countByPods({ current: wanted, groups, samples, yardstick: yardstick(), tolerances });
  }

  /** By an average each pod takes its share of the value; by a value it falls as there are more pods. */
  private countValue(
    milli: number,
    target: { readonly value: Quantity | undefined; readonly averageValue: Quantity | undefined } | undefined,
  ): { readonly replicas: number; readonly current: { readonly value?: Quantity; readonly averageValue?: Quantity } } {
    const { pods, wanted, counted, tolerances } = this.target;
    if (target?.averageValue !== undefined) {
      const replicas = countByShare(milli, milliOf(target.averageValue), counted, tolerances);
      return { replicas, current: { averageValue: quantity(counted > 0 ? Math.ceil(milli / counted) : 0) } };
    }
    if (target?.value === undefined) throw new Error("invalid metric source: neither a value target nor an average value target was set");
    const ready = pods.filter((pod) => pod.status.phase === "Running" && isReady(pod) && !isTerminating(pod)).length;
    const replicas = countByValue(milli, milliOf(target.value), { current: wanted, ready, tolerances });
    return { replicas, current: { value: quantity(milli) } };
  }

  private async measured<T>(context: string, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error: unknown) {
      throw new Error(`${context}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
}

const noMetric = MetricIdentifier.fromPartial({ name: "" });

function offered<T>(answer: Promise<T> | undefined): Promise<T> {
  return answer ?? Promise.reject(new Error("there is no source of such metrics"));
}

function within<T>(context: string, work: () => T): T {
  try {
    return work();
  } catch (error: unknown) {
    throw new Error(`${context}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function quantity(milli: number): Quantity {
  return { string: canonicalQuantity(`${Math.trunc(milli)}m`) ?? "0" };
}
