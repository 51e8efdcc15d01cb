import type { Whole } from "../api/object.js";
import type { InformerHandler } from "../client/contracts.js";
import type { Namespace } from "../gen/howbernetes/core/v1/namespace.js";
import type { Node } from "../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../gen/howbernetes/core/v1/pod.js";
import type { ClusterState } from "./cluster/cluster-state.js";
import { countsAlike, isFinished, needsNode, nodeNameOf, type PodInfo } from "./cluster/pod-info.js";
import { maySuitMore } from "./node-change.js";
import type { SchedulingQueue } from "./queue/scheduling-queue.js";

/** What changes are told to: first the state, so that whoever is woken by an event sees what it tells of. */
export interface WatchTargets {
  readonly state: ClusterState;
  readonly queue: SchedulingQueue;
}

/** Keeps the cluster's state by its nodes. */
export function watchNodes({ state, queue }: WatchTargets): InformerHandler<Node> {
  return {
    added: (node) => {
      state.setNode(node);
      queue.notify({ kind: "nodeAdded", node });
    },
    updated: (node, previous) => {
      state.setNode(node);
      if (maySuitMore(node, previous)) queue.notify({ kind: "nodeUpdated", node, previous });
    },
    deleted: (node) => {
      state.removeNode(node.metadata.name);
      queue.notify({ kind: "nodeRemoved", node });
    },
  };
}

/** Keeps the labels of namespaces, by which pods may choose those that they seek or shun. */
export function watchNamespaces({ state, queue }: WatchTargets): InformerHandler<Namespace> {
  const seen = ({ metadata: { name, labels } }: Whole<Namespace>): void => {
    state.setNamespace(name, labels);
    queue.notify({ kind: "namespaceUpdated", name });
  };
  return { added: seen, updated: seen, deleted: ({ metadata }) => state.removeNamespace(metadata.name) };
}

/** Which pods the queue is for, and how pods are worked out. */
export interface PodWatch extends WatchTargets {
  readonly isMine: (pod: Whole<Pod>) => boolean;
  readonly info: (pod: Whole<Pod>) => PodInfo;
}

/** Keeps the queue by the pods without a node that are to be placed here, and the cluster's state by those with one. */
export function watchPods({ state, queue, isMine, info }: PodWatch): InformerHandler<Pod> {
  const gone = (pod: Whole<Pod>): void => {
    const { uid } = pod.metadata;
    queue.remove(uid);
    const placed = state.remove(uid);
    if (placed !== undefined) queue.notify({ kind: "podGone", pod: placed.pod, nodeName: placed.nodeName });
  };
  const bound = (pod: PodInfo, nodeName: string): void => {
    const before = state.placement(pod.uid);
    queue.remove(pod.uid);
    state.bound(pod, nodeName);
    if (before?.nodeName === nodeName) {
      if (!countsAlike(before.pod, pod)) queue.notify({ kind: "podUpdated", pod, previous: before.pod, nodeName });
      return;
    }
    if (before !== undefined) queue.notify({ kind: "podGone", pod: before.pod, nodeName: before.nodeName });
    queue.notify({ kind: "podPlaced", pod, nodeName });
  };
  const seen = (pod: Whole<Pod>, changed: boolean): void => {
    const nodeName = nodeNameOf(pod);
    if (isFinished(pod)) gone(pod);
    else if (nodeName !== "") bound(info(pod), nodeName);
    else if (needsNode(pod) && isMine(pod)) queue.put(info(pod), changed);
    else queue.remove(pod.metadata.uid);
  };
  return {
    added: (pod) => seen(pod, true),
    // Equal specs and labels are one object: see `PodShapes`.
    updated: (pod, previous) => seen(pod, pod.spec !== previous.spec || pod.metadata.labels !== previous.metadata.labels),
    deleted: gone,
  };
}
