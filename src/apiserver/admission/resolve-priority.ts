import { systemPriorityClasses } from "../../api/kinds/priorityclass/system-classes.js";
import type { Whole } from "../../api/object.js";
import type { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import type { PriorityClass } from "../../gen/howbernetes/scheduling/v1/priority_class.js";

/** What a pod's priority comes to. */
export type ResolvedPriority =
  | {
      readonly outcome: "resolved";
      /** "" when there is none, and no default either. */
      readonly className: string;
      readonly priority: number;
      readonly preemptionPolicy: string;
    }
  /** There is no class of the name that the pod asks for. */
  | { readonly outcome: "unknown"; readonly refusal: string }
  /** The pod says itself what its class would. */
  | { readonly outcome: "contradicted"; readonly refusal: string };

const preempting = "PreemptLowerPriority";

/** Finds the priority of a new pod by the name of its class, or by the class that is the default. */
export function resolvePriority(spec: PodSpec, classes: readonly Whole<PriorityClass>[]): ResolvedPriority {
  const wanted = spec.priorityClassName ?? "";
  const found = wanted === "" ? defaultClass(classes) : classes.find(({ metadata }) => metadata.name === wanted);
  const systemValue = found === undefined ? systemPriorityClasses.get(wanted) : undefined;
  if (wanted !== "" && found === undefined && systemValue === undefined) {
    return { outcome: "unknown", refusal: `no PriorityClass with name ${wanted} was found` };
  }
  const priority = found?.value ?? systemValue ?? 0;
  const preemptionPolicy = found?.preemptionPolicy ?? preempting;
  const refusal = contradiction(spec, priority, preemptionPolicy);
  if (refusal !== undefined) return { outcome: "contradicted", refusal };
  return { outcome: "resolved", className: found?.metadata.name ?? wanted, priority, preemptionPolicy };
}

/** The class for pods that name none. Should a race have made several the default, the lowest counts. */
export function defaultClass(classes: readonly Whole<PriorityClass>[]): Whole<PriorityClass> | undefined {
  const defaults = classes.filter(({ globalDefault }) => globalDefault === true);
  return defaults.sort((a, b) => (a.value ?? 0) - (b.value ?? 0))[0];
}

function contradiction(spec: PodSpec, priority: number, policy: string): string | undefined {
  if (spec.priority !== undefined && spec.priority !== priority) {
    return `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${priority} from the given PriorityClass name`;
  }
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
    return `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`;
  }
  return undefined;
}
