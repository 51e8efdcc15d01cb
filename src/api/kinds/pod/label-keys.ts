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
