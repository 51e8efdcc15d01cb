import type { Whole } from "../../api/object.js";
import { timeToMs } from "../../api/values/time.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { readiness } from "../node-lifecycle/readiness.js";
import { isFinished, isTerminating } from "../pod-state.js";

/** The taint by which an administrator vouches that a node is switched off: nothing runs there any more. */
export const outOfServiceTaint = "node.kubernetes.io/out-of-service";

/** Why nobody but us will ever take a pod away. */
export type Abandonment =
  /** Its node has been deleted. */
  | "orphaned"
  /** It was told to go, and has no node that could end it. */
  | "unscheduled"
  /** It was told to go, and its node is out of service. */
  | "out of service";

/** Whether a pod has been left behind; `node` is the one that it is bound to, as far as is known. */
export function abandonmentOf(pod: Whole<Pod>, node: Whole<Node> | undefined): Abandonment | undefined {
  if ((pod.spec.nodeName ?? "") === "") return isTerminating(pod) ? "unscheduled" : undefined;
  if (node === undefined) return "orphaned";
  return isTerminating(pod) && isOutOfService(node) ? "out of service" : undefined;
}

/** Whether a node is both not ready and tainted as out of service: the taint alone could be a mistake. */
export function isOutOfService(node: Whole<Node>): boolean {
  return readiness(node) !== "True" && node.spec.taints.some(({ key }) => key === outOfServiceTaint);
}

/**
 * The finished pods beyond `threshold`, to be deleted in this order: first those that a node evicted, which no
 * controller counts on, then the oldest.
 */
export function planTerminated(pods: readonly Whole<Pod>[], threshold: number): readonly Whole<Pod>[] {
  const finished = pods.filter((pod) => isFinished(pod) && !isTerminating(pod));
  const surplus = finished.length - threshold;
  if (surplus <= 0) return [];
  return [...finished].sort((a, b) => rankOf(a) - rankOf(b) || bornMs(a) - bornMs(b) || (nameOf(a) < nameOf(b) ? -1 : 1)).slice(0, surplus);
}

const rankOf = ({ status }: Whole<Pod>): number => (status.phase === "Failed" && status.reason === "Evicted" ? 0 : 1);
const bornMs = ({ metadata }: Whole<Pod>): number => timeToMs(metadata.creationTimestamp) ?? 0;
const nameOf = ({ metadata }: Whole<Pod>): string => `${metadata.namespace}/${metadata.name}`;
