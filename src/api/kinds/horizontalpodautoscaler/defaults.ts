import {
  type HorizontalPodAutoscaler,
  HPAScalingPolicy,
  HPAScalingRules,
} from "../../../gen/howbernetes/autoscaling/v2/horizontal_pod_autoscaler.js";
import { MetricSpec } from "../../../gen/howbernetes/autoscaling/v2/metric.js";
import type { Whole } from "../../object.js";

const defaultCpuPercent = 80;
const periodSeconds = 15;

/** Fills in the defaults of a HorizontalPodAutoscaler: behavior only where some of it is written. */
export function applyHorizontalPodAutoscalerDefaults({ spec }: Whole<HorizontalPodAutoscaler>): void {
  spec.minReplicas ??= 1;
  if (spec.metrics.length === 0) spec.metrics.push(cpuMetric());
  if (spec.behavior === undefined) return;
  spec.behavior.scaleUp = completeRules(spec.behavior.scaleUp, [
    { type: "Pods", value: 4 },
    { type: "Percent", value: 100 },
  ]);
  spec.behavior.scaleUp.stabilizationWindowSeconds ??= 0;
  // How long falling is held back is left to the controller, which has a setting for it.
  spec.behavior.scaleDown = completeRules(spec.behavior.scaleDown, [{ type: "Percent", value: 100 }]);
}

function cpuMetric(): MetricSpec {
  const target = { type: "Utilization", averageUtilization: defaultCpuPercent };
  return MetricSpec.fromPartial({ type: "Resource", resource: { name: "cpu", target } });
}

function completeRules(
  rules: HPAScalingRules = HPAScalingRules.fromPartial({}),
  policies: readonly { readonly type: string; readonly value: number }[],
): HPAScalingRules {
  rules.selectPolicy ??= "Max";
  if (rules.policies.length === 0) {
    rules.policies = policies.map((policy) => HPAScalingPolicy.fromPartial({ ...policy, periodSeconds }));
  }
  return rules;
}
