import { qosClassOf } from "../../api/kinds/pod/quality-of-service.js";
import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodFailure } from "../pods/pod-life.js";
import { isCritical } from "../pressure/plan-eviction.js";
import { type AdmissionInput, refusalBeyondResources, requestOf, shortages } from "./plan-admission.js";

/** How the node makes room for a pod that the cluster cannot do without, or why it cannot. */
export type NodePreemption =
  | { readonly victims: readonly Whole<Pod>[]; readonly refusal?: undefined }
  | { readonly refusal: PodFailure; readonly victims?: undefined };

/** What is said of pods that have to go for another, in Kubernetes' words. */
export const preempted: PodFailure = {
  reason: "Preempting",
  message: "Preempted in order to admit critical pod",
  isDisruption: true,
};

/** So much of each resource has still to be freed. */
type Needs = ReadonlyMap<string, number>;

/**
 * Which pods have to go so that a critical pod can be taken in, by Kubernetes' rule: guaranteed ones only where burstable
 * and best-effort ones are not enough, and these only where best-effort ones are not; of each as few as come closest to
 * what is needed. Undefined when it is not resources that a pod lacks, or the pod is not critical.
 */
export function planPreemption(input: AdmissionInput): NodePreemption | undefined {
  const { pod, others } = input;
  const short = shortages(input);
  if (short.length === 0 || !isCritical(pod)) return undefined;
  const refusal = refusalBeyondResources(input);
  if (refusal !== undefined) return { refusal };
  const needs: Needs = new Map(short.map(({ resource, requested, used, capacity }) => [resource, requested - (capacity - used)]));
  const mayGo = others.filter((other) => !isCritical(other) || priorityOf(other) < priorityOf(pod));
  const unmet = without(needs, mayGo);
  if (unmet.size > 0) return { refusal: unrecoverable(unmet) };
  const [bestEffort, burstable, guaranteed] = (["BestEffort", "Burstable", "Guaranteed"] as const).map((quality) =>
    mayGo.filter(({ spec }) => qosClassOf(spec) === quality),
  ) as [Whole<Pod>[], Whole<Pod>[], Whole<Pod>[]];
  const last = closest(guaranteed, without(needs, [...bestEffort, ...burstable]));
  const second = closest(burstable, without(needs, [...bestEffort, ...last]));
  const first = closest(bestEffort, without(needs, [...second, ...last]));
  return { victims: [...first, ...second, ...last] };
}

const priorityOf = ({ spec }: Whole<Pod>): number => spec.priority ?? 0;

/** What is needed still when these have gone. */
function without(needs: Needs, gone: readonly Whole<Pod>[]): Needs {
  const left = [...needs].map(([resource, amount]): [string, number] => [
    resource,
    gone.reduce((rest, pod) => rest - requestOf(pod, resource), amount),
  ]);
  return new Map(left.filter(([, amount]) => amount > 0));
}

/** Takes one pod after the other that leaves the least to be freed, of equal ones that with the smaller requests. */
function closest(pods: readonly Whole<Pod>[], needs: Needs): readonly Whole<Pod>[] {
  if (needs.size === 0) return [];
  const [best] = [...pods].sort((a, b) => distance(a, needs) - distance(b, needs) || bySize(a, b));
  if (best === undefined) return [];
  return [
    best,
    ...closest(
      pods.filter((pod) => pod !== best),
      without(needs, [best]),
    ),
  ];
}

/** How much of what is needed a pod leaves: of each resource alike, whatever its unit. */
function distance(pod: Whole<Pod>, needs: Needs): number {
  let sum = 0;
  for (const [resource, amount] of needs) sum += (Math.max(0, amount - requestOf(pod, resource)) / amount) ** 2;
  return sum;
}

const bySize = (a: Whole<Pod>, b: Whole<Pod>): number =>
  requestOf(a, "memory") - requestOf(b, "memory") || requestOf(a, "cpu") - requestOf(b, "cpu");

function unrecoverable(unmet: Needs): PodFailure {
  const missing = [...unmet].map(([resource, amount]) => `(res: ${resource}, q: ${amount}), `).join("");
  const why = `preemption: error finding a set of pods to preempt: no set of running pods found to reclaim resources: [${missing}]`;
  return {
    reason: "UnexpectedAdmissionError",
    message: `Unexpected error while attempting to recover from admission failure: ${why}`,
  };
}
