import { milliOf } from "../../api/values/quantity.js";
import { timeToMs } from "../../api/values/time.js";
import type { RemoteApiClient } from "../../client/client.js";
import { MetricsService } from "../../gen/howbernetes/api/v1/metrics.js";
import type { ContainerMetrics, PodMetrics } from "../../gen/howbernetes/metrics/v1beta1/metrics.js";
import type { MetricsSource, PodSample } from "./metrics-source.js";

/**
 * What pods use of processors and memory, as their nodes measure it for the api-server. There are no other metrics.
 * A pod that one of the containers asked for was not measured of is left out: its sum would be too small.
 */
export function createNodeMetricsSource(client: Pick<RemoteApiClient, "raw">): MetricsSource {
  const metrics = client.raw(MetricsService, "unary");
  return {
    resource: async ({ namespace, selector, resource, container }, signal) => {
      const { items, unreachable } = await metrics.podMetrics({ namespace, name: "", labelSelector: "" }, { signal });
      const samples = items.flatMap((pod) => {
        const sample = selector.matches(pod.metadata?.labels ?? {}) ? sampleOf(pod, resource, container) : undefined;
        return sample === undefined ? [] : [[pod.metadata?.name ?? "", sample] as const];
      });
      const [silent] = unreachable;
      if (samples.length === 0 && silent !== undefined) throw new Error(`node "${silent.name}" tells no statistics: ${silent.reason}`);
      return new Map(samples);
    },
  };
}

function sampleOf({ containers, timestamp, window }: PodMetrics, resource: string, container: string): PodSample | undefined {
  const meant = container === "" ? containers : containers.filter(({ name }) => name === container);
  if (meant.length === 0 || meant.some(({ usage }) => usage[resource] === undefined)) return undefined;
  const milli = meant.reduce((sum: number, { usage }: ContainerMetrics) => sum + milliOf(usage[resource]), 0);
  return { milli, measuredAtMs: timeToMs(timestamp) ?? 0, windowMs: (window?.duration ?? 0) / 1_000_000 };
}
