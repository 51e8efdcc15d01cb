import { limitRangeKind } from "../api/kinds/limitrange/kind.js";
import { priorityClassKind } from "../api/kinds/priorityclass/kind.js";
import { resourceQuotaKind } from "../api/kinds/resourcequota/kind.js";
import { sameValue } from "../api/kinds/same-value.js";
import type { Whole } from "../api/object.js";
import { compareQuantities } from "../api/values/quantity.js";
import type { ResourceQuota } from "../gen/howbernetes/core/v1/resource_quota.js";
import type { SharedInformers } from "./shared-informers.js";

/**
 * How long to wait before trying again when there is room: what goes together is tried for once, and what is refused
 * again and again costs one attempt in this time.
 */
export const roomSettlesMs = 1_000;

/**
 * Tells of namespaces in which what was forbidden may be admitted now: a quota allows more or has less used, a limit
 * range has changed, a priority class has come. Undefined is all namespaces. Without it whoever was refused would learn of
 * it only when it tries again by itself, which after a while is a quarter of an hour.
 */
export function onRoomMade(informers: SharedInformers, tell: (namespace: string | undefined) => void): void {
  const changed = ({ metadata }: { readonly metadata: { readonly namespace: string } }): void => tell(metadata.namespace);
  informers.of(resourceQuotaKind).addHandler({
    updated: (quota, previous) => {
      if (allowsMore(quota, previous)) changed(quota);
    },
    deleted: changed,
  });
  informers.of(limitRangeKind).addHandler({
    // A new one may fill in what a quota wants to be said.
    added: changed,
    updated: (limits, previous) => {
      if (!sameValue(limits.spec, previous.spec)) changed(limits);
    },
    deleted: changed,
  });
  informers.of(priorityClassKind).addHandler({ added: () => tell(undefined), deleted: () => tell(undefined) });
}

function allowsMore({ spec, status }: Whole<ResourceQuota>, previous: Whole<ResourceQuota>): boolean {
  if (!sameValue(spec, previous.spec)) return true;
  return Object.entries(previous.status.used).some(([name, before]) => compareQuantities(status.used[name], before) < 0);
}
