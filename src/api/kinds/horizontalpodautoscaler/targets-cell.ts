import type { MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from "../../../gen/howbernetes/autoscaling/v2/metric.js";
import type { Quantity } from "../../../gen/howbernetes/meta/v1/values.js";
import { none, unknown } from "../cells.js";

const maxShown = 2;

/** `cpu: 35%/80%`, up to two metrics: where each is, and where it is to be. */
export function targetsCell(specs: readonly MetricSpec[], statuses: readonly MetricStatus[]): string {
  if (specs.length === 0) return none;
  const shown = specs.slice(0, maxShown).map((spec, index) => metricText(spec, statuses[index]));
  const more = specs.length - shown.length;
  return more > 0 ? `${shown.join(", ")} + ${more} more...` : shown.join(", ");
}

function metricText({ type, object, pods, resource, external, containerResource }: MetricSpec, status: MetricStatus | undefined): string {
  switch (type) {
    case "External":
      return amountText(external?.target, status?.external?.current);
    case "Pods":
      return `${shownAmount(status?.pods?.current?.averageValue)}/${pods?.target?.averageValue?.string ?? ""}`;
    case "Object":
      return amountText(object?.target, status?.object?.current);
    case "Resource":
      return `${resource?.name ?? ""}: ${resourceText(resource?.target, status?.resource?.current)}`;
    case "ContainerResource":
      return `${containerResource?.name ?? ""}: ${resourceText(containerResource?.target, status?.containerResource?.current)}`;
    default:
      return "<unknown type>";
  }
}

/** In all, or on average over the pods. */
function amountText(target: MetricTarget | undefined, current: MetricValueStatus | undefined): string {
  if (target?.averageValue !== undefined) return `${shownAmount(current?.averageValue)}/${target.averageValue.string ?? ""} (avg)`;
  return `${shownAmount(current?.value)}/${target?.value?.string ?? ""}`;
}

function resourceText(target: MetricTarget | undefined, current: MetricValueStatus | undefined): string {
  if (target?.averageValue !== undefined) return `${shownAmount(current?.averageValue)}/${target.averageValue.string ?? ""}`;
  const wanted = target?.averageUtilization === undefined ? "<auto>" : `${target.averageUtilization}%`;
  return `${current?.averageUtilization === undefined ? unknown : `${current.averageUtilization}%`}/${wanted}`;
}

function shownAmount(quantity: Quantity | undefined): string {
  return quantity?.string ?? unknown;
}
