import { podAmounts } from "../../api/scheduling/pod-amounts.js";
import type { Amounts } from "../../api/values/amounts.js";
import { compareQuantities, quantityNumber } from "../../api/values/quantity.js";
import type { LimitRangeItem } from "../../gen/howbernetes/core/v1/limit_range.js";
import type { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import type { Quantity } from "../../gen/howbernetes/meta/v1/values.js";

interface Demand {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/** What of a pod does not keep to a LimitRange, in Kubernetes' words, each once. */
export function limitProblems(spec: PodSpec, limits: readonly LimitRangeItem[]): readonly string[] {
  const problems = limits.flatMap((item) => demandsOn(item, spec).flatMap((demand) => itemProblems(item, demand)));
  return [...new Set(problems)];
}

/** Whose requests and limits an item is about: each container's, or the pod's as a whole. */
function demandsOn({ type }: LimitRangeItem, spec: PodSpec): readonly Demand[] {
  if (type === "Pod") return [{ requests: podAmounts(spec, "requests"), limits: podAmounts(spec, "limits") }];
  if (type !== "Container") return [];
  return [...spec.containers, ...spec.initContainers].map(({ resources }) => ({
    requests: resources?.requests ?? {},
    limits: resources?.limits ?? {},
  }));
}

function itemProblems({ type = "", min, max, maxLimitRequestRatio }: LimitRangeItem, demand: Demand): string[] {
  const each = (bounds: Amounts, judge: (usage: string, bound: Quantity, of: Sides) => string | undefined): string[] =>
    Object.entries(bounds)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, bound]) => {
        const of = { request: demand.requests[name], limit: demand.limits[name] };
        return judge(`${name} ${type}`, bound, of) ?? [];
      });
  return [...each(min, minimumProblem), ...each(max, maximumProblem), ...each(maxLimitRequestRatio, ratioProblem)];
}

interface Sides {
  readonly request: Quantity | undefined;
  readonly limit: Quantity | undefined;
}

function minimumProblem(usage: string, bound: Quantity, { request, limit }: Sides): string | undefined {
  const rule = `minimum ${usage.replace(" ", " usage per ")} is ${shown(bound)}`;
  if (request === undefined) return `${rule}.  No request is specified`;
  if (compareQuantities(request, bound) < 0) return `${rule}, but request is ${shown(request)}`;
  if (limit !== undefined && compareQuantities(limit, bound) < 0) return `${rule}, but limit is ${shown(limit)}`;
  return undefined;
}

function maximumProblem(usage: string, bound: Quantity, { request, limit }: Sides): string | undefined {
  const rule = `maximum ${usage.replace(" ", " usage per ")} is ${shown(bound)}`;
  if (limit === undefined) return `${rule}.  No limit is specified`;
  if (compareQuantities(limit, bound) > 0) return `${rule}, but limit is ${shown(limit)}`;
  if (request !== undefined && compareQuantities(request, bound) > 0) return `${rule}, but request is ${shown(request)}`;
  return undefined;
}

function ratioProblem(usage: string, bound: Quantity, { request, limit }: Sides): string | undefined {
  const rule = `${usage.replace(" ", " max limit to request ratio per ")} is ${shown(bound)}`;
  if (quantityNumber(request) === 0) return `${rule}, but no request is specified or request is 0`;
  if (quantityNumber(limit) === 0) return `${rule}, but no limit is specified or limit is 0`;
  const ratio = quantityNumber(limit) / quantityNumber(request);
  return ratio > quantityNumber(bound) ? `${rule}, but provided ratio is ${ratio.toFixed(6)}` : undefined;
}

const shown = ({ string = "0" }: Quantity): string => string;
