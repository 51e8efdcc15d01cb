import { isDeepStrictEqual } from "node:util";
import type { ClusterView } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import { always, type WakeHints } from "../framework/cluster-event.js";
import { type AffinityTerm, type AffinityTerms, meansPod } from "../topology/affinity-terms.js";

/** What may let pods be placed that other pods' company has kept from it, or the lack of it. */
export function affinityWakes(termsOf: (pod: PodInfo) => AffinityTerms | undefined, cluster: ClusterView): WakeHints {
  const means = (term: AffinityTerm, pod: PodInfo): boolean => meansPod(term, pod, cluster.namespaceLabels(pod.pod.metadata.namespace));
  /** Whether the pod seeks just this one's company. */
  const isSought = (placed: PodInfo, pod: PodInfo): boolean => {
    const { sought = [] } = termsOf(pod) ?? {};
    return sought.length > 0 && sought.every((term) => means(term, placed));
  };
  const avoids = (one: PodInfo, other: PodInfo): boolean => (termsOf(one)?.avoided ?? []).some((term) => means(term, other));
  /** Whether one avoids the other: the placed pod's labels and terms both tell. */
  const isApart = (placed: PodInfo, pod: PodInfo): boolean => avoids(pod, placed) || avoids(placed, pod);
  return {
    nodeAdded: ({ node }, pod) => (termsOf(pod)?.sought ?? []).every(({ topologyKey }) => Object.hasOwn(node.metadata.labels, topologyKey)),
    nodeUpdated: ({ node, previous }) => !isDeepStrictEqual(node.metadata.labels, previous.metadata.labels),
    // With it its pods are gone, who may have been near other nodes.
    nodeRemoved: always,
    podPlaced: ({ pod: placed }, pod) => isSought(placed, pod),
    // The last pod of those whom it seeks: then it may be the first itself.
    podGone: ({ pod: gone }, pod) => isApart(gone, pod) || isSought(gone, pod),
    podUpdated: ({ pod: next, previous }, pod) =>
      isSought(next, pod) !== isSought(previous, pod) || isApart(next, pod) !== isApart(previous, pod),
    namespaceUpdated: ({ name }, pod) => name === pod.pod.metadata.namespace || choosesNamespaces(termsOf(pod)),
  };
}

function choosesNamespaces(terms: AffinityTerms | undefined): boolean {
  return [...(terms?.sought ?? []), ...(terms?.avoided ?? [])].some(({ namespaceSelector }) => namespaceSelector !== undefined);
}
