import { isDeepStrictEqual } from "node:util";
import type { Whole } from "../api/object.js";
import type { InformerHandler } from "../client/contracts.js";
import type { Node } from "../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../gen/howbernetes/core/v1/pod.js";
import type { ClusterState } from "./cluster/cluster-state.js";
import { isFinished, needsNode, nodeNameOf, podInfo } from "./cluster/pod-info.js";
import { maySuitMore } from "./node-change.js";
import type { SchedulingQueue } from "./queue/scheduling-queue.js";

/** Keeps the cluster's state by its nodes; a node that is new or has changed may suit pods that nothing suited before. */
export function watchNodes(state: ClusterState, queue: SchedulingQueue): InformerHandler<Node> {
  return {
    added: (node) => {
      state.setNode(node);
      queue.wake({ immediately: true });
    },
    updated: (node, previous) => {
      state.setNode(node);
      if (maySuitMore(node, previous)) queue.wake({ immediately: true });
    },
    deleted: (node) => state.removeNode(node.metadata.name),
  };
}

/** Keeps the queue by the pods without a node that `isMine` says are to be placed here, and the cluster's state by those with one. */
export function watchPods(state: ClusterState, queue: SchedulingQueue, isMine: (pod: Whole<Pod>) => boolean): InformerHandler<Pod> {
  const gone = ({ metadata }: Whole<Pod>): void => {
    queue.remove(metadata.uid);
    if (state.remove(metadata.uid) !== undefined) queue.wake({ immediately: false });
  };
  const seen = (pod: Whole<Pod>, changed: boolean): void => {
    if (isFinished(pod)) gone(pod);
    else if (nodeNameOf(pod) !== "") {
      queue.remove(pod.metadata.uid);
      state.bound(podInfo(pod), nodeNameOf(pod));
    } else if (needsNode(pod) && isMine(pod)) queue.put(podInfo(pod), changed);
    else queue.remove(pod.metadata.uid);
  };
  return {
    added: (pod) => seen(pod, true),
    updated: (pod, previous) => seen(pod, !isDeepStrictEqual(pod.spec, previous.spec)),
    deleted: gone,
  };
}
