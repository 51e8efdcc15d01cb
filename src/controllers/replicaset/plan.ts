import type { Whole } from "../../api/object.js";
import type { ReplicaSet } from "../../gen/howbernetes/apps/v1/replicaset.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { isActive } from "../pod-state.js";
import { inDeletionOrder } from "../pods/deletion-order.js";

/** What to do about a ReplicaSet's number of pods. One of the two is always empty. */
export interface ReplicaPlan {
  /** How many pods to create. */
  readonly create: number;
  /** Pods to delete, in this order. */
  readonly remove: readonly Whole<Pod>[];
}

/** What the order of deletion goes by, besides the pods themselves. */
export interface Neighbourhood {
  /**
   * The pods that ReplicaSets of the same owner have, this one's among them: where a Deployment's are doubled up, it can
   * best do without one.
   */
  readonly related: () => readonly Whole<Pod>[];
  readonly nowMs: number;
}

/** Compares the pods that a ReplicaSet controls with the number it asks for. Pods at their end, or going, do not count. */
export function planReplicas(replicaSet: Whole<ReplicaSet>, owned: readonly Whole<Pod>[], { related, nowMs }: Neighbourhood): ReplicaPlan {
  if (replicaSet.metadata.deletionTimestamp !== undefined) return { create: 0, remove: [] };
  const active = owned.filter(isActive);
  const surplus = active.length - (replicaSet.spec.replicas ?? 1);
  if (surplus <= 0) return { create: -surplus, remove: [] };
  if (surplus === active.length) return { create: 0, remove: active };
  return { create: 0, remove: inDeletionOrder(active, { related: related().filter(isActive), nowMs }).slice(0, surplus) };
}
