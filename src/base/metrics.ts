import { collectDefaultMetrics, Counter as PromCounter, Gauge as PromGauge, Histogram as PromHistogram, Registry } from "prom-client";

/** Label values of one sample; every label that the metric was made with. */
type Labels<Name extends string> = Readonly<Record<Name, string>>;

interface MetricOptions<Label extends string> {
  /** With unit and, for counters, `_total`, as "howbernetes_rpc_duration_seconds". */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Label[];
}

interface HistogramOptions<Label extends string> extends MetricOptions<Label> {
  /** Upper bounds, ascending; 1 ms to 10 s by default. */
  readonly buckets?: readonly number[];
}

/** A number that only grows. */
export interface Counter<Label extends string> {
  inc(labels: Labels<Label>, by?: number): void;
}

/** A number that goes up and down. */
export interface Gauge<Label extends string> {
  set(labels: Labels<Label>, value: number): void;
  /** For a number to which several parts of the program contribute. */
  add(labels: Labels<Label>, by: number): void;
}

/** How values are distributed. */
export interface Histogram<Label extends string> {
  observe(labels: Labels<Label>, value: number): void;
}

/**
 * The figures that one process gives about itself. Asking twice for a metric of one name gives the same one, so that
 * many instances of a component may share it.
 */
export interface Metrics {
  counter<Label extends string = never>(options: MetricOptions<Label>): Counter<Label>;
  gauge<Label extends string = never>(options: MetricOptions<Label>): Gauge<Label>;
  histogram<Label extends string = never>(options: HistogramOptions<Label>): Histogram<Label>;
  /**
   * Calls `update` before each rendering, for numbers that change by themselves as time goes by, until the returned
   * function is called.
   */
  beforeRender(update: () => void): () => void;
  /** Everything, in Prometheus' text format. */
  render(): Promise<string>;
  /** Content type of what `render` gives. */
  readonly contentType: string;
}

// Store writes take a millisecond and image pulls minutes, but only calls are timed: 1 ms to 10 s covers them.
const callBuckets: readonly number[] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Makes an empty set of metrics; with `process` (the default) it also shows the process's own: memory, CPU, garbage
 * collection and the event loop's lag.
 */
export function createMetrics(options: { readonly process?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (options.process ?? true) collectDefaultMetrics({ register: registry });
  const updates = new Set<() => void>();

  return {
    contentType: registry.contentType,
    beforeRender: (update) => {
      updates.add(update);
      return () => void updates.delete(update);
    },
    render: () => {
      for (const update of updates) update();
      return registry.metrics();
    },
    counter: <Label extends string>(metric: MetricOptions<Label>) => {
      const counter = once(registry, metric.name, () => new PromCounter(configuration(metric, registry)));
      return { inc: (labels: Labels<Label>, by = 1) => counter.inc(labels, by) };
    },
    gauge: <Label extends string>(metric: MetricOptions<Label>) => {
      const gauge = once(registry, metric.name, () => new PromGauge(configuration(metric, registry)));
      return {
        set: (labels: Labels<Label>, value: number) => gauge.set(labels, value),
        add: (labels: Labels<Label>, by: number) => gauge.inc(labels, by),
      };
    },
    histogram: <Label extends string>(metric: HistogramOptions<Label>) => {
      const buckets = [...(metric.buckets ?? callBuckets)];
      const histogram = once(registry, metric.name, () => new PromHistogram({ ...configuration(metric, registry), buckets }));
      return { observe: (labels: Labels<Label>, value: number) => histogram.observe(labels, value) };
    },
  };
}

interface Configuration {
  name: string;
  help: string;
  labelNames: string[];
  registers: Registry[];
}

function configuration(metric: MetricOptions<string>, registry: Registry): Configuration {
  return { name: metric.name, help: metric.help, labelNames: [...(metric.labels ?? [])], registers: [registry] };
}

function once<M>(registry: Registry, name: string, make: () => M): M {
  // The registry knows its metrics only by name; a name stands for one type throughout the program.
  const existing = registry.getSingleMetric(name) as M | undefined;
  return existing ?? make();
}
