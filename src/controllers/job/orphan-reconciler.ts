import { isNotFound } from "../../api/errors.js";
import { isJobFinished } from "../../api/kinds/job/conditions.js";
import { jobKind } from "../../api/kinds/job/kind.js";
import type { ObjectKey, Whole } from "../../api/object.js";
import type { Lister, Reconciler, ResourceClient, Result } from "../../client/contracts.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { controllerOf } from "../ownership/owner-reference.js";
import { isManagedHere } from "./managed-by.js";
import { isTracked } from "./pod-facts.js";
import { releasePod } from "./pod-release.js";

export interface OrphanDeps {
  readonly jobs: Lister<Job>;
  readonly pods: Lister<Pod>;
  readonly jobClient: ResourceClient<Job>;
  readonly podClient: ResourceClient<Pod>;
}

/** Takes the tracking finalizer from pods that no Job will count any more, so that they can go. */
export class OrphanReconciler implements Reconciler {
  constructor(private readonly deps: OrphanDeps) {}

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const pod = this.deps.pods.get(key);
    if (pod === undefined || !isTracked(pod)) return {};
    if (!(await this.isCounted(pod, signal))) await releasePod(this.deps.podClient, pod, signal);
    return {};
  }

  private async isCounted(pod: Whole<Pod>, signal: AbortSignal): Promise<boolean> {
    const controller = controllerOf(pod);
    if (controller?.kind !== jobKind.kind) return false;
    const job = await this.job({ namespace: pod.metadata.namespace, name: controller.name ?? "" }, controller.uid ?? "", signal);
    return job !== undefined && (!isManagedHere(job) || !isJobFinished(job.status));
  }

  /** A cache that does not have the Job yet must not cost a pod its count: the server has the last word. */
  private async job(key: ObjectKey, uid: string, signal: AbortSignal): Promise<Whole<Job> | undefined> {
    const cached = this.deps.jobs.get(key);
    if (cached?.metadata.uid === uid) return cached;
    try {
      const job = await this.deps.jobClient.get(key, { signal });
      return job.metadata.uid === uid ? job : undefined;
    } catch (error: unknown) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }
}
