import { isConflict, isNotFound } from "../../api/errors.js";
import { formatKey, keyOf, type ObjectKey } from "../../api/object.js";
import type { Log } from "../../base/log.js";
import type { Lister, Reconciler, ResourceClient, Result } from "../../client/contracts.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";

export interface PodGcDeps {
  readonly pods: Lister<Pod>;
  readonly nodes: Lister<Node>;
  readonly podClient: ResourceClient<Pod>;
  readonly nodeClient: ResourceClient<Node>;
  readonly log: Log;
}

/** Removes pods whose node has been deleted: nothing is left that could stop them and report so. */
export class PodGcReconciler implements Reconciler {
  constructor(private readonly deps: PodGcDeps) {}

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const pod = this.deps.pods.get(key);
    const nodeName = pod?.spec.nodeName ?? "";
    if (pod === undefined || nodeName === "" || (await this.nodeExists(nodeName, signal))) return {};
    const { uid } = pod.metadata;
    this.deps.log.info("removing pod of a node that is gone", { pod: formatKey(key), node: nodeName });
    try {
      await this.deps.podClient.delete(keyOf(pod), { options: { gracePeriodSeconds: 0, preconditions: { uid } }, signal });
    } catch (error: unknown) {
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
    return {};
  }

  /** A cache that does not have the node yet must not cost a pod its life: the server has the last word. */
  private async nodeExists(name: string, signal: AbortSignal): Promise<boolean> {
    const key = { namespace: "", name };
    if (this.deps.nodes.get(key) !== undefined) return true;
    try {
      await this.deps.nodeClient.get(key, { signal });
      return true;
    } catch (error: unknown) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }
}
