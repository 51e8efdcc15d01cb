import type { Whole } from "../../api/object.js";
import { canonicalQuantity } from "../../api/values/quantity.js";
import { timeFromMs } from "../../api/values/time.js";
import type { NodeStatistics, NodeStatistics_Usage } from "../../gen/howbernetes/api/v1/metrics.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Quantity } from "../../gen/howbernetes/meta/v1/values.js";
import { ContainerMetrics, NodeMetrics, PodMetrics } from "../../gen/howbernetes/metrics/v1beta1/metrics.js";

/** A pod's metrics, of what its node has said; undefined when nothing of it was measured. */
export function podMetrics({ metadata, spec }: Whole<Pod>, statistics: NodeStatistics): PodMetrics | undefined {
  const ofPod = new Map(
    statistics.containers.flatMap(({ podUid, container, usage }) =>
      podUid === metadata.uid && usage !== undefined ? [[container, usage] as const] : [],
    ),
  );
  if (ofPod.size === 0) return undefined;
  // In the order of the spec; ephemeral containers are somebody's look into the pod, and not of it.
  const containers = [...spec.initContainers, ...spec.containers].flatMap(({ name = "" }) => {
    const usage = ofPod.get(name);
    return usage === undefined ? [] : [ContainerMetrics.fromPartial({ name, usage: usageOf(usage) })];
  });
  const { name, namespace, labels } = metadata;
  return PodMetrics.fromPartial({ metadata: { name, namespace, labels }, ...intervalOf(statistics), containers });
}

/** A node's metrics, of what it has said; undefined when its machine is not in sight. */
export function nodeMetrics({ metadata }: Whole<Node>, statistics: NodeStatistics): NodeMetrics | undefined {
  if (statistics.machine === undefined) return undefined;
  const { name, labels } = metadata;
  return NodeMetrics.fromPartial({ metadata: { name, labels }, ...intervalOf(statistics), usage: usageOf(statistics.machine) });
}

function intervalOf({ measuredAtMs, windowMs }: NodeStatistics) {
  return { timestamp: timeFromMs(measuredAtMs), window: { duration: windowMs * 1_000_000 } };
}

/** As metrics-server writes it. */
function usageOf({ cpuNanocores, workingSetBytes }: NodeStatistics_Usage): Record<string, Quantity> {
  return {
    cpu: { string: canonicalQuantity(`${cpuNanocores}n`) ?? "0" },
    memory: { string: canonicalQuantity(`${Math.ceil(workingSetBytes / 1024)}Ki`) ?? "0" },
  };
}
