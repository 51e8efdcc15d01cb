import type { Kind } from "../../api/kinds/kind.js";
import type { ObjectKey } from "../../api/object.js";
import { UsageMeter } from "../../api/quota/usage-meter.js";
import type { Clock } from "../../base/clock.js";
import type { Lister, Reconciler, ResourceClient, Result } from "../../client/contracts.js";
import type { ResourceQuota } from "../../gen/howbernetes/core/v1/resource_quota.js";
import type { SharedInformers } from "../shared-informers.js";
import { writeStatus } from "../write-status.js";
import { limitsKind, planQuotaStatus } from "./plan.js";

export interface ResourceQuotaDeps {
  readonly quotas: Lister<ResourceQuota>;
  readonly informers: SharedInformers;
  /** Kinds whose objects quotas may count. */
  readonly counted: readonly Kind[];
  readonly client: ResourceClient<ResourceQuota>;
  readonly clock: Pick<Clock, "now">;
}

/** Keeps the status of each quota true: what it limits, and how much of that is used. Admission does not rely on it. */
export class ResourceQuotaReconciler implements Reconciler {
  private readonly meter = new UsageMeter();

  constructor(private readonly deps: ResourceQuotaDeps) {}

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const { quotas, informers, counted, client, clock } = this.deps;
    const quota = quotas.get(key);
    if (quota === undefined) return {};
    const kinds = counted.filter((kind) => limitsKind(quota, kind));
    const populations = kinds.map((kind) => ({ kind, objects: informers.of(kind).list(key.namespace), meter: this.meter }));
    const { status, lookAgainMs } = planQuotaStatus(quota, populations, clock.now());
    await writeStatus(client, quota, status, signal);
    return lookAgainMs === undefined ? {} : { requeueAfterMs: lookAgainMs };
  }
}
