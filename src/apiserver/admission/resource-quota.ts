import { forbidden } from "../../api/errors.js";
import { resourceQuotaKind } from "../../api/kinds/resourcequota/kind.js";
import type { Whole } from "../../api/object.js";
import { countsAgainst, excess, omission, usedBy } from "../../api/quota/judge.js";
import { UsageMeter } from "../../api/quota/usage-meter.js";
import type { ResourceQuota } from "../../gen/howbernetes/core/v1/resource_quota.js";
import type { Freshness } from "../../storage/cacher/interface.js";
import { quotaTurnKey } from "../../storage/keys.js";
import { subjectOf } from "../objects/subject.js";
import type { AdmissionDeps, AdmissionPlugin, Creation } from "./plugin.js";
import { Turns } from "./turns.js";

type Quotas = readonly Whole<ResourceQuota>[];

/**
 * Creates the plugin that keeps namespaces within their quotas, whatever is created at once and by whichever api-server.
 *
 * What is used is counted from the objects themselves, not read from the quotas' statuses, which trail. That a count is
 * still right when the object is stored is a condition of the write: each creation that a quota counts rewrites a key of
 * its namespace and kind in its own transaction, on the condition that it is as it was before the count. Within one
 * api-server creations take turns, lest all but one of many at once should count in vain.
 *
 * Unlike Kubernetes: a quota holds from the moment it is there, not from when its status was first written, and what
 * is deleted is free at once.
 */
export function createResourceQuotaPlugin(): AdmissionPlugin {
  const turns = new Turns();
  const meter = new UsageMeter();
  return {
    name: "ResourceQuota",
    reads: [resourceQuotaKind],

    async judgeCreate(creation, deps) {
      const quotas = await quotasFor(creation, deps);
      if (quotas.length === 0) return;
      refuse(creation, quotas, (quota, request) => omission(quota, request), deps);
      if (creation.dryRun) return await checkFit(creation, { ...deps, meter }, quotas, { kind: "latest" });
      const turnKey = quotaTurnKey(creation.kind, creation.namespace);
      creation.atEnd(await turns.take(turnKey, creation.signal));
      const revision = (await deps.store.get(turnKey, creation.signal)).value?.revision ?? 0;
      await checkFit(creation, { ...deps, meter }, quotas, revision === 0 ? { kind: "latest" } : { kind: "notOlderThan", revision });
      creation.require({ guards: [{ key: turnKey, revision }], also: [{ key: turnKey, value: Buffer.from(creation.draft.metadata.uid) }] });
    },
  };
}

/** The quotas that a new object counts against, by name. */
async function quotasFor({ kind, namespace, draft, isRetry, signal }: Creation, { objects }: AdmissionDeps): Promise<Quotas> {
  if (!kind.namespaced) return [];
  const all = await objects.list(resourceQuotaKind, namespace, { kind: isRetry ? "latest" : "any" }, signal);
  return all.map(({ object }) => object).filter((quota) => countsAgainst(quota, { kind, object: draft }));
}

/** @throws ApiError Forbidden when the object does not fit. Nothing is refused by what a cache has, which may have gone since. */
async function checkFit(
  creation: Creation,
  deps: AdmissionDeps & { readonly meter: UsageMeter },
  quotas: Quotas,
  freshness: Freshness,
): Promise<void> {
  const { kind, namespace, signal } = creation;
  const peers = (await deps.objects.list(kind, namespace, freshness, signal)).map(({ object }) => object);
  const nowMs = deps.nowMs();
  const problem = (quota: Whole<ResourceQuota>, request: Parameters<typeof excess>[1]): string | undefined =>
    excess(quota, request, usedBy(quota, { kind, objects: peers, meter: deps.meter, nowMs }));
  if (freshness.kind === "latest") return refuse(creation, quotas, problem, deps);
  const fits = quotas.every((quota) => problem(quota, { kind, object: creation.draft, nowMs }) === undefined);
  if (!fits) await checkFit(creation, deps, quotas, { kind: "latest" });
}

function refuse(
  { kind, draft }: Creation,
  quotas: Quotas,
  problemOf: (quota: Whole<ResourceQuota>, request: Parameters<typeof excess>[1]) => string | undefined,
  { nowMs }: AdmissionDeps,
): void {
  for (const quota of quotas) {
    const problem = problemOf(quota, { kind, object: draft, nowMs: nowMs() });
    if (problem !== undefined) throw forbidden(subjectOf(kind, draft.metadata.name), problem);
  }
}
