import type { Whole } from "../../api/object.js";
import type { Deployment } from "../../gen/howbernetes/apps/v1/deployment.js";
import { desiredReplicasAnnotation, maxReplicasAnnotation, numberIn } from "./annotations.js";
import { limitsOf } from "./limits.js";
import type { Step } from "./step.js";
import { type DeploymentView, type ReplicaSetView, total } from "./view.js";

/** What a ReplicaSet is annotated with whenever it is scaled: a later change of the Deployment's size shows by it. */
export function sizeAnnotations(deployment: Whole<Deployment>): Record<string, string> {
  const { desired, maxTotal } = limitsOf(deployment);
  return { [desiredReplicasAnnotation]: String(desired), [maxReplicasAnnotation]: String(maxTotal) };
}

/** The step that gives a ReplicaSet a number of replicas. */
export function scaleStep(deployment: Whole<Deployment>, { replicaSet }: ReplicaSetView, replicas: number): Step {
  return { kind: "scale", replicaSet, replicas, annotations: sizeAnnotations(deployment) };
}

/** Whether the Deployment's own size has changed since its ReplicaSets were scaled last. */
export function isResized({ deployment, all }: DeploymentView): boolean {
  const { desired } = limitsOf(deployment);
  return all.some(({ wanted, replicaSet }) => {
    const annotated = numberIn(replicaSet.metadata.annotations, desiredReplicasAnnotation);
    return wanted > 0 && annotated !== undefined && annotated !== desired;
  });
}

/**
 * Brings the ReplicaSets to the Deployment's new size without moving the rollout on: one that stands alone takes it
 * all, several in the middle of a rollout share it in proportion to their sizes, as in Kubernetes.
 */
export function planScaling(view: DeploymentView): readonly Step[] {
  const { deployment, current, old, all } = view;
  const { desired } = limitsOf(deployment);
  const sizes = new Map<ReplicaSetView, number>();
  const active = all.filter(({ wanted }) => wanted > 0);
  const alone = active.length === 0 ? (current ?? old.at(-1)) : active.length === 1 ? active[0] : undefined;
  if (alone !== undefined) sizes.set(alone, desired);
  else if (current !== undefined && isSaturated(current, desired)) for (const each of old) sizes.set(each, 0);
  else if (deployment.spec.strategy?.type !== "Recreate") share(view, active, sizes);

  // What another ReplicaSet's controller has not acted on yet might be there in addition.
  const grows = [...sizes].some(([each, size]) => size > each.wanted && all.some((other) => other !== each && !other.steady));
  if (grows) return [];
  return [...sizes].filter(([each, size]) => isDue(deployment, each, size)).map(([each, size]) => scaleStep(deployment, each, size));
}

function isSaturated({ wanted, available, replicaSet }: ReplicaSetView, desired: number): boolean {
  return wanted === desired && available === desired && numberIn(replicaSet.metadata.annotations, desiredReplicasAnnotation) === desired;
}

function isDue(deployment: Whole<Deployment>, { wanted, replicaSet }: ReplicaSetView, size: number): boolean {
  if (size !== wanted) return true;
  if (wanted === 0) return false;
  return Object.entries(sizeAnnotations(deployment)).some(([key, value]) => replicaSet.metadata.annotations[key] !== value);
}

/** Gives each its proportion of the change, the largest first, and what rounding leaves over to the largest of them. */
function share({ deployment }: DeploymentView, active: readonly ReplicaSetView[], sizes: Map<ReplicaSetView, number>): void {
  const { maxTotal } = limitsOf(deployment);
  const change = maxTotal - total(active, ({ wanted }) => wanted);
  // `active` is ordered from old to new: of equals the newest grows, and the oldest shrinks, first.
  const ordered = [...(change > 0 ? [...active].reverse() : active)].sort((a, b) => b.wanted - a.wanted);
  let given = 0;
  for (const view of ordered) {
    const before = numberIn(view.replicaSet.metadata.annotations, maxReplicasAnnotation) ?? total(active, ({ wanted }) => wanted);
    const part = maxTotal === 0 || before === 0 ? -view.wanted : Math.round((view.wanted * maxTotal) / before) - view.wanted;
    const bounded = change > 0 ? clamp(part, 0, change - given) : clamp(part, change - given, 0);
    given += bounded;
    sizes.set(view, view.wanted + bounded);
  }
  const [largest] = ordered;
  if (largest !== undefined) sizes.set(largest, Math.max(0, (sizes.get(largest) ?? 0) + change - given));
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
