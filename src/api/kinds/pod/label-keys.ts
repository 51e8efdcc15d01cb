import type { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import type { PodAffinity, PodAffinityTerm, PodAntiAffinity } from "../../../gen/howbernetes/core/v1/scheduling.js";
import type { LabelSelector } from "../../../gen/howbernetes/meta/v1/values.js";
import type { Whole } from "../../object.js";

type Labels = Readonly<Record<string, string>>;

/**
 * Writes into the selectors of a new pod what its `matchLabelKeys` and `mismatchLabelKeys` stand for: the values that its
 * own labels have. Keys that it has no label of say nothing.
 */
export function selectByOwnLabels({ metadata: { labels }, spec }: Whole<Pod>): void {
  for (const { labelSelector, matchLabelKeys } of spec.topologySpreadConstraints) require(labelSelector, "In", matchLabelKeys, labels);
  for (const term of [spec.affinity?.podAffinity, spec.affinity?.podAntiAffinity].flatMap(termsOf)) {
    require(term.labelSelector, "In", term.matchLabelKeys, labels);
    require(term.labelSelector, "NotIn", term.mismatchLabelKeys, labels);
  }
}

/**
 * Writes out again, in a newer version of a pod, what was written into its selectors when it was made.
 * Unlike Kubernetes: so that applying a manifest anew, which knows nothing of that, does not try to change the pod.
 */
export function keepSelectionByOwnLabels({ spec }: Whole<Pod>, { spec: before }: Whole<Pod>): void {
  for (const [index, { labelSelector, matchLabelKeys }] of spec.topologySpreadConstraints.entries()) {
    restore(labelSelector, matchLabelKeys, before.topologySpreadConstraints[index]?.labelSelector);
  }
  for (const kind of ["podAffinity", "podAntiAffinity"] as const) {
    const terms = termsOf(before.affinity?.[kind]);
    for (const [index, { labelSelector, matchLabelKeys, mismatchLabelKeys }] of termsOf(spec.affinity?.[kind]).entries()) {
      restore(labelSelector, [...matchLabelKeys, ...mismatchLabelKeys], terms[index]?.labelSelector);
    }
  }
}

function restore(selector: LabelSelector | undefined, keys: readonly string[], before: LabelSelector | undefined): void {
  for (const expression of before?.matchExpressions ?? []) {
    const { key = "" } = expression;
    const isLost = keys.includes(key) && selector?.matchExpressions.some((other) => other.key === key) === false;
    if (isLost) selector?.matchExpressions.push(structuredClone(expression));
  }
}

function termsOf(affinity: PodAffinity | PodAntiAffinity | undefined): readonly PodAffinityTerm[] {
  if (affinity === undefined) return [];
  const { requiredDuringSchedulingIgnoredDuringExecution: needed, preferredDuringSchedulingIgnoredDuringExecution: preferred } = affinity;
  return [...needed, ...preferred.flatMap(({ podAffinityTerm }) => podAffinityTerm ?? [])];
}

/** Without a selector there is nothing to narrow: it selects no pod. */
function require(selector: LabelSelector | undefined, operator: "In" | "NotIn", keys: readonly string[], labels: Labels): void {
  for (const key of keys) {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    if (value !== undefined) selector?.matchExpressions.push({ key, operator, values: [value] });
  }
}
