import type { NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import { amountOf } from "../cluster/resources.js";
import { maxScore, type PodScore } from "../framework/plugin.js";

/** How much a resource counts when nodes are compared. */
export interface ResourceWeight {
  readonly name: string;
  readonly weight: number;
}

/** A point of a curve over how full a node is. */
export interface ShapePoint {
  /** Percent. */
  readonly utilization: number;
  /** 0 to 10. */
  readonly score: number;
}

/** Which nodes are better, by what is requested of them. */
export type ScoringStrategy =
  /** The emptiest. */
  | { readonly type: "LeastAllocated"; readonly resources: readonly ResourceWeight[] }
  /** The fullest. */
  | { readonly type: "MostAllocated"; readonly resources: readonly ResourceWeight[] }
  /** By a curve whose points are in order of utilization. */
  | { readonly type: "RequestedToCapacityRatio"; readonly resources: readonly ResourceWeight[]; readonly shape: readonly ShapePoint[] };

/** A share of a node's resource, 0 to 1, to a score. */
type Curve = (requested: number, capacity: number) => number;

/**
 * A score by strategy. Scores are not rounded to whole numbers as Kubernetes' are: nodes that are as good there may
 * differ here.
 */
export function prepareStrategy(strategy: ScoringStrategy): (pod: PodInfo) => PodScore {
  const curve = curveOf(strategy);
  // Of a curve's score of 0 Kubernetes takes the resource to say nothing.
  const skipsZero = strategy.type === "RequestedToCapacityRatio";
  return (pod) => {
    const { names, weights, amounts } = wantedOf(strategy.resources, pod);
    return {
      score: (node) => {
        let sum = 0;
        let weightSum = 0;
        for (let index = 0; index < names.length; index++) {
          const resource = names[index] ?? "";
          const capacity = amountOf(node.allocatable, resource);
          if (capacity === 0) continue;
          const score = curve(takenOf(node, resource) + (amounts[index] ?? 0), capacity);
          if (skipsZero && score <= 0) continue;
          const weight = weights[index] ?? 0;
          sum += score * weight;
          weightSum += weight;
        }
        return weightSum === 0 ? 0 : sum / weightSum;
      },
    };
  };
}

/** What a pod adds to the resources that are looked at; an extended one only matters to pods that ask for it. */
function wantedOf(resources: readonly ResourceWeight[], pod: PodInfo) {
  const wanted = resources
    .map(({ name, weight }) => ({ name, weight, amount: amountOf(isAssumed(name) ? pod.assumedRequests : pod.requests, name) }))
    .filter(({ name, amount }) => amount > 0 || !isExtended(name));
  return {
    names: wanted.map(({ name }) => name),
    weights: wanted.map(({ weight }) => weight),
    amounts: wanted.map(({ amount }) => amount),
  };
}

/** Whether pods that ask for none of a resource count for a little of it. */
const isAssumed = (resource: string): boolean => resource === "cpu" || resource === "memory";
const isExtended = (resource: string): boolean => !isAssumed(resource) && resource !== "ephemeral-storage";

const takenOf = (node: NodeInfo, resource: string): number =>
  amountOf(isAssumed(resource) ? node.assumedRequested : node.requested, resource);

function curveOf(strategy: ScoringStrategy): Curve {
  switch (strategy.type) {
    case "LeastAllocated":
      return (requested, capacity) => (requested > capacity ? 0 : (maxScore * (capacity - requested)) / capacity);
    case "MostAllocated":
      // What pods are assumed to take may be more than there is.
      return (requested, capacity) => (maxScore * Math.min(requested, capacity)) / capacity;
    case "RequestedToCapacityRatio": {
      const points = strategy.shape.map(({ utilization, score }) => ({ utilization, score: score * scoreScale }));
      return (requested, capacity) => heightAt(points, Math.min(100, (100 * requested) / capacity));
    }
  }
}

// Points are scored from 0 to 10.
const scoreScale = maxScore / 10;

/** The height of a line through points; level before the first and after the last. */
function heightAt(points: readonly ShapePoint[], utilization: number): number {
  let before: ShapePoint | undefined;
  for (const point of points) {
    if (utilization <= point.utilization) {
      if (before === undefined) return point.score;
      const share = (utilization - before.utilization) / (point.utilization - before.utilization);
      return before.score + share * (point.score - before.score);
    }
    before = point;
  }
  return before?.score ?? 0;
}
