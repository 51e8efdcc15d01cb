import { isConflict, isNotFound } from "../../api/errors.js";
import { formatKey, keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { Lister, Reconciler, ResourceClient, Result } from "../../client/contracts.js";
import { markDisrupted } from "../../client/mark-disrupted.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { forEachBounded } from "../bounded.js";
import { isFinished } from "../pod-state.js";
import { abandonmentOf, planTerminated } from "./plan.js";

export interface PodGcDeps {
  readonly pods: Lister<Pod>;
  readonly nodes: Lister<Node>;
  readonly podClient: ResourceClient<Pod>;
  readonly nodeClient: ResourceClient<Node>;
  readonly clock: Clock;
  readonly log: Log;
}

const orphaned = { reason: "DeletionByPodGC", message: "PodGC: node no longer exists" } as const;
const deletesAtOnce = 20;

/** Removes pods that nothing is left to stop and report on: those of deleted nodes, and such as were told to go in vain. */
export class PodGcReconciler implements Reconciler {
  constructor(private readonly deps: PodGcDeps) {}

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const { pods, nodes, log } = this.deps;
    const pod = pods.get(key);
    if (pod === undefined) return {};
    const node = pod.spec.nodeName ?? "";
    const why = abandonmentOf(pod, nodes.get({ namespace: "", name: node }));
    if (why === undefined || (why === "orphaned" && (await this.nodeExists(node, signal)))) return {};
    log.info("removing pod that is left behind", { pod: formatKey(key), node, why });
    await removePod(this.deps, pod, why === "orphaned", signal);
    return {};
  }

  /**
   * A cache that does not have the node yet must not cost a pod its life: the server has the last word.
   *
   * Unlike Kubernetes: it is asked at once, without a quarantine of 40 s. Deleting a Node here says that its pods go.
   */
  private async nodeExists(name: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.deps.nodeClient.get({ namespace: "", name }, { signal });
      return true;
    } catch (error: unknown) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }
}

/** Keeps finished pods from piling up: beyond the threshold the oldest go. */
export class TerminatedPodsReconciler implements Reconciler {
  constructor(
    private readonly deps: PodGcDeps,
    private readonly threshold: number,
  ) {}

  async reconcile(_all: ObjectKey, signal: AbortSignal): Promise<Result> {
    // From a cache that trails, the same pods come out again, in the same order: none goes in the place of another.
    const surplus = planTerminated(this.deps.pods.list(), this.threshold);
    if (surplus.length > 0) this.deps.log.info("removing finished pods", { count: surplus.length });
    const [failure] = await forEachBounded(surplus, deletesAtOnce, (pod) => removePod(this.deps, pod, false, signal));
    if (failure !== undefined) throw failure;
    return {};
  }
}

/** Deletes a pod without waiting for its node, Failed unless it ended by itself. */
async function removePod({ podClient, clock }: PodGcDeps, pod: Whole<Pod>, isOrphaned: boolean, signal: AbortSignal): Promise<void> {
  const words = isOrphaned ? { disruption: orphaned, failed: true } : { failed: true };
  if (!isFinished(pod) && !(await markDisrupted(podClient, pod, words, { nowMs: clock.now(), signal }))) return;
  const { uid } = pod.metadata;
  try {
    const options = { gracePeriodSeconds: 0, preconditions: { uid, resourceVersion: undefined } };
    await podClient.delete(keyOf(pod), { options, signal });
  } catch (error: unknown) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}
