import type { Whole } from "../../api/object.js";
import { resolveIntOrPercent } from "../../api/values/int-or-string.js";
import { timeToMs } from "../../api/values/time.js";
import type { DaemonSet } from "../../gen/howbernetes/apps/v1/daemonset.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { isAvailable, isFinished, isReady, isTerminating } from "../pod-state.js";
import { revisionHashLabel, targetNode } from "./daemon-pod.js";
import { type Eligibility, eligibilityFor } from "./eligibility.js";

/** A daemon pod, as it counts now. */
export interface DaemonPodView {
  readonly pod: Whole<Pod>;
  /** It has been told to go, though the cache may not show it yet. */
  readonly isGoing: boolean;
  /** It has run to its end, as a daemon never should. */
  readonly isFinished: boolean;
  /** It is made from the present template. */
  readonly isUpdated: boolean;
  readonly isReady: boolean;
  readonly isAvailable: boolean;
}

/** A node, and the DaemonSet's pods on it or meant for it. */
export interface NodeView extends Eligibility {
  readonly name: string;
  /** Those with a node first, then the oldest first. */
  readonly pods: readonly DaemonPodView[];
}

/** How many nodes may be without an available pod, or have two, while pods are exchanged. */
export interface RollingLimits {
  readonly maxUnavailable: number;
  readonly maxSurge: number;
}

/** A DaemonSet and every node, as one consistent picture to plan from. */
export interface DaemonSetView {
  readonly daemonSet: Whole<DaemonSet>;
  readonly nodes: readonly NodeView[];
  /** Pods meant for nodes that are not there. */
  readonly lost: readonly DaemonPodView[];
}

/** What a view is made from. */
export interface Seen {
  readonly daemonSet: Whole<DaemonSet>;
  readonly nodes: readonly Whole<Node>[];
  /** All that it controls. */
  readonly pods: readonly Whole<Pod>[];
  readonly isGoing: (pod: Whole<Pod>) => boolean;
  /** Hashes of the revisions that keep the present template; more than one only when one was adopted. */
  readonly hashes: ReadonlySet<string>;
  readonly nowMs: number;
}

/** Puts pods and nodes together. */
export function viewDaemonSet({ daemonSet, nodes, pods, isGoing, hashes, nowMs }: Seen): DaemonSetView {
  const minReadySeconds = daemonSet.spec.minReadySeconds ?? 0;
  const byNode = new Map<string, DaemonPodView[]>();
  for (const pod of [...pods].sort(byPlaceAndAge)) {
    const view: DaemonPodView = {
      pod,
      isGoing: isTerminating(pod) || isGoing(pod),
      isFinished: isFinished(pod),
      isUpdated: hashes.has(pod.metadata.labels[revisionHashLabel] ?? ""),
      isReady: isReady(pod),
      isAvailable: isAvailable(pod, minReadySeconds, nowMs),
    };
    const node = targetNode(pod);
    byNode.set(node, [...(byNode.get(node) ?? []), view]);
  }
  const judge = eligibilityFor(daemonSet);
  const views = [...nodes].sort(byName).map((node): NodeView => {
    const { name } = node.metadata;
    const found = byNode.get(name) ?? [];
    byNode.delete(name);
    return { name, pods: found, ...judge(node) };
  });
  return { daemonSet, nodes: views, lost: [...byNode.values()].flat() };
}

/** Works out percentages of the nodes that should run a pod, rounded up, as Kubernetes does. */
export function rollingLimits({ daemonSet, nodes }: DaemonSetView): RollingLimits {
  const desired = nodes.filter(({ shouldRun }) => shouldRun).length;
  const { rollingUpdate } = daemonSet.spec.updateStrategy ?? {};
  const maxSurge = resolveIntOrPercent(rollingUpdate?.maxSurge, desired, "up");
  const maxUnavailable = resolveIntOrPercent(rollingUpdate?.maxUnavailable, desired, "up");
  return { maxSurge, maxUnavailable: maxSurge === 0 ? Math.max(1, maxUnavailable) : maxUnavailable };
}

function byPlaceAndAge(a: Whole<Pod>, b: Whole<Pod>): number {
  const place = Number((a.spec.nodeName ?? "") === "") - Number((b.spec.nodeName ?? "") === "");
  const age = (timeToMs(a.metadata.creationTimestamp) ?? 0) - (timeToMs(b.metadata.creationTimestamp) ?? 0);
  return place || age || (a.metadata.name < b.metadata.name ? -1 : 1);
}

function byName(a: Whole<Node>, b: Whole<Node>): number {
  return a.metadata.name < b.metadata.name ? -1 : 1;
}
