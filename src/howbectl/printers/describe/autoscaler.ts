import type { Whole } from "../../../api/object.js";
import type {
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerBehavior,
  HPAScalingRules,
} from "../../../gen/howbernetes/autoscaling/v2/horizontal_pod_autoscaler.js";
import type { MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from "../../../gen/howbernetes/autoscaling/v2/metric.js";
import { heading, timeCell } from "./cells.js";
import type { Description } from "./description.js";

/** Describes a HorizontalPodAutoscaler. */
export function describeHorizontalPodAutoscaler(autoscaler: Whole<HorizontalPodAutoscaler>, description: Description): void {
  const { metadata, spec, status } = autoscaler;
  const target = spec.scaleTargetRef;
  heading(autoscaler, description)
    .field("CreationTimestamp", timeCell(metadata.creationTimestamp))
    .field("Reference", `${target?.kind ?? ""}/${target?.name ?? ""}`)
    .field("Metrics", "( current / target )");
  spec.metrics.forEach((metric, index) => {
    const { label, wanted, current } = metricParts(metric, status.currentMetrics[index]);
    description.field(`  ${label}`, `${valueCell(wanted, current)} / ${targetCell(wanted)}`);
  });
  description
    .field("Min replicas", spec.minReplicas === undefined ? "<unset>" : String(spec.minReplicas))
    .field("Max replicas", String(spec.maxReplicas ?? 0));
  if (spec.behavior !== undefined) behaviorBlock(spec.behavior, description);
  description.field(`${target?.kind ?? "Target"} pods`, `${status.currentReplicas ?? 0} current / ${status.desiredReplicas ?? 0} desired`);
  if (status.conditions.length === 0) return;
  description.table(
    "Conditions",
    ["Type", "Status", "Reason", "Message"],
    status.conditions.map(({ type, status: value, reason, message }) => [type ?? "", value ?? "", reason ?? "", message ?? ""]),
  );
}

function behaviorBlock({ scaleUp, scaleDown }: HorizontalPodAutoscalerBehavior, description: Description): void {
  description.block("Behavior", (body) => {
    if (scaleUp !== undefined) body.block("Scale Up", (rules) => rulesLines(scaleUp, rules));
    if (scaleDown !== undefined) body.block("Scale Down", (rules) => rulesLines(scaleDown, rules));
  });
}

function rulesLines({ stabilizationWindowSeconds, selectPolicy, policies }: HPAScalingRules, body: Description): void {
  if (stabilizationWindowSeconds !== undefined) body.plain([`Stabilization Window: ${stabilizationWindowSeconds} seconds`]);
  if (policies.length === 0) return;
  body
    .plain([`Select Policy: ${selectPolicy ?? "Max"}`])
    .block("Policies", (rows) =>
      rows.cells(
        policies.map(({ type, value, periodSeconds }) => [
          `- Type: ${type ?? ""}`,
          `Value: ${value ?? 0}`,
          `Period: ${periodSeconds ?? 0} seconds`,
        ]),
      ),
    );
}

interface MetricParts {
  readonly label: string;
  readonly wanted: MetricTarget | undefined;
  readonly current: MetricValueStatus | undefined;
}

function metricParts(metric: MetricSpec, status: MetricStatus | undefined): MetricParts {
  const { resource, containerResource, pods, object, external } = metric;
  const share = (target: MetricTarget | undefined): string => (target?.averageValue === undefined ? "  (as a percentage of request)" : "");
  const sort = (target: MetricTarget | undefined): string =>
    target?.averageValue === undefined ? "(target value)" : "(target average value)";
  if (resource !== undefined) {
    return {
      label: `resource ${resource.name ?? ""} on pods${share(resource.target)}`,
      wanted: resource.target,
      current: status?.resource?.current,
    };
  }
  if (containerResource !== undefined) {
    const { name = "", container = "", target } = containerResource;
    const label = `resource ${name} of container "${container}" on pods${share(target)}`;
    return { label, wanted: target, current: status?.containerResource?.current };
  }
  if (pods !== undefined) return { label: `"${pods.metric?.name ?? ""}" on pods`, wanted: pods.target, current: status?.pods?.current };
  if (object !== undefined) {
    const { kind = "", name = "" } = object.describedObject ?? {};
    const label = `"${object.metric?.name ?? ""}" on ${kind}/${name} ${sort(object.target)}`;
    return { label, wanted: object.target, current: status?.object?.current };
  }
  const label = `"${external?.metric?.name ?? ""}" ${sort(external?.target)}`;
  return { label, wanted: external?.target, current: status?.external?.current };
}

function targetCell(target: MetricTarget | undefined): string {
  if (target?.averageUtilization !== undefined) return `${target.averageUtilization}%`;
  return target?.averageValue?.string ?? target?.value?.string ?? "<auto>";
}

function valueCell(wanted: MetricTarget | undefined, current: MetricValueStatus | undefined): string {
  const unknown = "<unknown>";
  if (wanted?.averageUtilization !== undefined) {
    return current?.averageUtilization === undefined ? unknown : `${current.averageUtilization}% (${current.averageValue?.string ?? "0"})`;
  }
  return (wanted?.averageValue === undefined ? current?.value : current?.averageValue)?.string ?? unknown;
}
