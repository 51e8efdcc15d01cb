import type { Whole } from "../../src/api/object.js";
import {
  HorizontalPodAutoscaler,
  type HorizontalPodAutoscalerSpec,
  type HorizontalPodAutoscalerStatus,
} from "../../src/gen/howbernetes/autoscaling/v2/horizontal_pod_autoscaler.js";
import { type MetadataOptions, metadata } from "./metadata.js";

/** What a test may say of a HorizontalPodAutoscaler. */
export interface HorizontalPodAutoscalerOptions extends MetadataOptions {
  /** 1 by default. */
  readonly minReplicas?: number;
  /** 10 by default. */
  readonly maxReplicas?: number;
  /** Of the processors requested; 80 by default. */
  readonly cpuPercent?: number;
  /** Further fields of the spec. */
  readonly spec?: Partial<HorizontalPodAutoscalerSpec>;
  readonly status?: Partial<HorizontalPodAutoscalerStatus>;
}

/** A HorizontalPodAutoscaler of the Deployment of its own name, web. */
export function horizontalPodAutoscaler(options: HorizontalPodAutoscalerOptions = {}): Whole<HorizontalPodAutoscaler> {
  const { name = "web", minReplicas = 1, maxReplicas = 10, cpuPercent = 80 } = options;
  const target = { type: "Utilization", averageUtilization: cpuPercent };
  return HorizontalPodAutoscaler.fromPartial({
    metadata: metadata({ ...options, uid: options.uid ?? `uid-hpa-${name}` }, { name, namespace: "default" }),
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      minReplicas,
      maxReplicas,
      metrics: [{ type: "Resource", resource: { name: "cpu", target } }],
      ...options.spec,
    },
    status: { ...options.status },
  }) as Whole<HorizontalPodAutoscaler>;
}
