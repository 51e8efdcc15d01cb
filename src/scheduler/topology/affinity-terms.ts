import { compileLabelSelector, formatLabelSelector, type LabelSelector } from "../../api/selectors/label-selector.js";
import type { PodAffinityTerm, WeightedPodAffinityTerm } from "../../gen/howbernetes/core/v1/scheduling.js";
import type { ClusterView } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import { landmarkOf } from "./landmark.js";
import type { PodQuestion } from "./pod-counts.js";

/** Which pods' company a pod seeks or avoids, made ready to be compared. */
export interface AffinityTerm {
  /** Terms with equal keys say the same. */
  readonly key: string;
  readonly topologyKey: string;
  readonly namespaces: ReadonlySet<string>;
  /** Chooses namespaces besides those. */
  readonly namespaceSelector: LabelSelector | undefined;
  readonly selector: LabelSelector;
  /** The selector in the language of `kubectl -l`. */
  readonly selectorText: string;
  /** A label that all pods have that are meant, as "app=web"; "" where there need not be one. */
  readonly landmark: string;
}

/** A term that may or may not hold. */
export interface WeightedTerm {
  readonly term: AffinityTerm;
  /** Negative for company that is avoided. */
  readonly weight: number;
}

/** All that a pod says of other pods' company; the required ones in the order in which they stand in the pod. */
export interface AffinityTerms {
  readonly sought: readonly AffinityTerm[];
  readonly avoided: readonly AffinityTerm[];
  readonly preferred: readonly WeightedTerm[];
}

/** @returns undefined for a pod that says nothing of others */
export function affinityTermsOf({ pod }: PodInfo): AffinityTerms | undefined {
  const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
  if (podAffinity === undefined && podAntiAffinity === undefined) return undefined;
  const compile = (term: PodAffinityTerm): AffinityTerm => compileTerm(term, pod.metadata.namespace);
  const weighted = (terms: readonly WeightedPodAffinityTerm[] = [], sign: 1 | -1): WeightedTerm[] =>
    terms.flatMap(({ weight = 0, podAffinityTerm }) =>
      podAffinityTerm === undefined ? [] : [{ term: compile(podAffinityTerm), weight: sign * weight }],
    );
  return {
    sought: (podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(compile),
    avoided: (podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).map(compile),
    preferred: [
      ...weighted(podAffinity?.preferredDuringSchedulingIgnoredDuringExecution, 1),
      ...weighted(podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution, -1),
    ],
  };
}

function compileTerm(term: PodAffinityTerm, ownNamespace: string): AffinityTerm {
  const { topologyKey = "", labelSelector, namespaces, namespaceSelector } = term;
  const names = namespaces.length === 0 && namespaceSelector === undefined ? [ownNamespace] : namespaces;
  const selectorText = formatLabelSelector(labelSelector);
  return {
    key: [topologyKey, selectorText, formatLabelSelector(namespaceSelector), [...names].sort().join()].join(";"),
    topologyKey,
    namespaces: new Set(names),
    namespaceSelector: namespaceSelector === undefined ? undefined : compileLabelSelector(namespaceSelector),
    selector: compileLabelSelector(labelSelector),
    selectorText,
    landmark: landmarkOf(labelSelector),
  };
}

type Labels = Readonly<Record<string, string>>;

/** Whether a term means a pod. @param namespaceLabels those of the pod's namespace; none where it is not known */
export function meansPod({ namespaces, namespaceSelector, selector }: AffinityTerm, pod: PodInfo, namespaceLabels: Labels = {}): boolean {
  const { namespace, labels } = pod.pod.metadata;
  return (namespaces.has(namespace) || namespaceSelector?.matches(namespaceLabels) === true) && selector.matches(labels);
}

/** Asks for the pods that all of these terms mean, by the labels that namespaces have now. Pods being deleted are asked for too. */
export function questionOf(terms: readonly AffinityTerm[], cluster: ClusterView): PodQuestion {
  const parts = terms.map((term) => ({ selector: term.selector, namespaces: namespacesOf(term, cluster) }));
  const keys = terms.map(({ selectorText }, at) => `${selectorText};${formatNamespaces(parts[at]?.namespaces ?? "all")}`);
  return {
    key: `affinity;${keys.join("&")}`,
    landmark: terms[0]?.landmark ?? "",
    asksFor: (pods) =>
      parts.every(({ selector, namespaces }) => (namespaces === "all" || namespaces.has(pods.namespace)) && selector.matches(pods.labels)),
  };
}

const formatNamespaces = (namespaces: ReadonlySet<string> | "all"): string => (namespaces === "all" ? "*" : [...namespaces].sort().join());

function namespacesOf(
  { namespaces, namespaceSelector }: Pick<AffinityTerm, "namespaces" | "namespaceSelector">,
  cluster: ClusterView,
): ReadonlySet<string> | "all" {
  if (namespaceSelector === undefined) return namespaces;
  if (namespaceSelector.empty) return "all";
  const chosen = [...cluster.namespaces()].filter((name) => namespaceSelector.matches(cluster.namespaceLabels(name) ?? {}));
  return new Set([...namespaces, ...chosen]);
}
