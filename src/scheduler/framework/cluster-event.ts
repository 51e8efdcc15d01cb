import type { Whole } from "../../api/object.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { PodInfo } from "../cluster/pod-info.js";

/** A change that may let a pod be placed that could not be before. Plugins say which of them do (`WakeHints`). */
export type ClusterEvent =
  | { readonly kind: "nodeAdded"; readonly node: Whole<Node> }
  | { readonly kind: "nodeUpdated"; readonly node: Whole<Node>; readonly previous: Whole<Node> }
  | { readonly kind: "nodeRemoved"; readonly node: Whole<Node> }
  /** A pod now runs on a node, or is about to. */
  | { readonly kind: "podPlaced"; readonly pod: PodInfo; readonly nodeName: string }
  /** A placed pod's labels or requests have changed. */
  | { readonly kind: "podUpdated"; readonly pod: PodInfo; readonly previous: PodInfo; readonly nodeName: string }
  /** A placed pod has ended, is gone, or was never bound after all. */
  | { readonly kind: "podGone"; readonly pod: PodInfo; readonly nodeName: string }
  /** A namespace's labels have changed. */
  | { readonly kind: "namespaceUpdated"; readonly name: string };

export type ClusterEventKind = ClusterEvent["kind"];

/**
 * By kind of event, whether it may help a pod that the plugin refused; a kind that is missing never does. Called for every
 * such pod: cheap, and rather once too often yes than once too often no. Kubernetes' queueing hints.
 */
export type WakeHints = {
  readonly [Kind in ClusterEventKind]?: (event: Extract<ClusterEvent, { readonly kind: Kind }>, pod: PodInfo) => boolean;
};

/** An answer for events that always may help. */
export const always = (): boolean => true;

/** All kinds of events. */
export const clusterEventKinds: readonly ClusterEventKind[] = [
  "nodeAdded",
  "nodeUpdated",
  "nodeRemoved",
  "podPlaced",
  "podUpdated",
  "podGone",
  "namespaceUpdated",
];

/** Of a plugin that does not say what may help the pods that it refused. */
export const anyChange: WakeHints = {
  nodeAdded: always,
  nodeUpdated: always,
  nodeRemoved: always,
  podPlaced: always,
  podUpdated: always,
  podGone: always,
  namespaceUpdated: always,
};

/**
 * Whether an event may help a pod, by the hints of a plugin that refused it. What happens to the pod itself does not:
 * that it was given up again would else have it tried for ever.
 */
export function mayHelp(hints: WakeHints, event: ClusterEvent, pod: PodInfo): boolean {
  // Each kind's hint takes that kind's event, which the type of a lookup by a union of kinds cannot say.
  const hint = hints[event.kind] as ((event: ClusterEvent, pod: PodInfo) => boolean) | undefined;
  if (hint === undefined || ("pod" in event && event.pod.uid === pod.uid)) return false;
  try {
    return hint(event, pod);
  } catch (_unknown: unknown) {
    // One that cannot be said must not keep others asleep. It is tried, which fails and is logged if the pod is at fault.
    return true;
  }
}
