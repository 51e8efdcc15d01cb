import type { LabelSelector } from "../../api/selectors/label-selector.js";
import type { CrossVersionObjectReference, MetricIdentifier } from "../../gen/howbernetes/autoscaling/v2/metric.js";

/** What was measured of a pod. */
export interface PodSample {
  /** In thousandths of the unit: of a processor, of a byte. */
  readonly milli: number;
  readonly measuredAtMs: number;
  /** How much time it is an average over. */
  readonly windowMs: number;
}

/** Samples by the pods' names. A pod of which not everything was measured is left out. */
export type PodSamples = ReadonlyMap<string, PodSample>;

/** Which pods are meant. */
export interface PodSelection {
  readonly namespace: string;
  readonly selector: LabelSelector;
}

/**
 * Where statistics come from. A method that is absent, or throws, means that there are none: the HorizontalPodAutoscaler
 * says so, and changes nothing.
 */
export interface MetricsSource {
  /** How much of a resource, as "cpu", each pod uses; with `container`, that container of each alone. */
  resource(query: PodSelection & { readonly resource: string; readonly container: string }, signal: AbortSignal): Promise<PodSamples>;
  /** A metric that each pod has. */
  pods?(query: PodSelection & { readonly metric: MetricIdentifier }, signal: AbortSignal): Promise<PodSamples>;
  /** A metric of one object, in thousandths. */
  object?(query: ObjectQuery, signal: AbortSignal): Promise<number>;
  /** The values of a metric from outside the cluster, in thousandths; they are added up. */
  external?(query: { readonly namespace: string; readonly metric: MetricIdentifier }, signal: AbortSignal): Promise<readonly number[]>;
}

interface ObjectQuery {
  readonly namespace: string;
  readonly object: CrossVersionObjectReference;
  readonly metric: MetricIdentifier;
}

/** The source until the nodes tell what their pods use. */
export const noMetrics: MetricsSource = {
  resource: () => Promise.reject(new Error("the nodes tell no statistics of their pods yet")),
};
