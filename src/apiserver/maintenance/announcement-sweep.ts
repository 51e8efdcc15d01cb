import { isConflict, isNotFound } from "../../api/errors.js";
import { announcedAddress, apiServerLeaseNamespace } from "../../api/kinds/lease/api-server-lease.js";
import { leaseKind } from "../../api/kinds/lease/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { timeToMs } from "../../api/values/time.js";
import type { Lease } from "../../gen/howbernetes/coordination/v1/lease.js";
import type { ObjectStore } from "../object-store.js";

/** Servers' clocks are allowed to differ by that much. */
const clockSkewMs = 5 * 60_000;

/** Whether a Lease announces an api-server that has not renewed it for so long that it must be gone. Pure. */
export function isForsaken(lease: Whole<Lease>, nowMs: number): boolean {
  if (announcedAddress(lease) === undefined) return false;
  const { renewTime, leaseDurationSeconds = 0 } = lease.spec;
  return (timeToMs(renewTime) ?? 0) + leaseDurationSeconds * 1_000 + clockSkewMs < nowMs;
}

/** Removes the announcements of api-servers that were killed and did not come back. @returns how many */
export async function sweepAnnouncements(objects: ObjectStore, nowMs: number, signal: AbortSignal): Promise<number> {
  const leases = await objects.list(leaseKind, apiServerLeaseNamespace, { kind: "any" }, signal);
  let removed = 0;
  for (const { object } of leases) {
    if (!isForsaken(object, nowMs)) continue;
    try {
      await objects.remove(leaseKind, keyOf(object), { signal, ifResourceVersion: object.metadata.resourceVersion });
      removed += 1;
    } catch (error: unknown) {
      // It is back, or somebody else was faster.
      if (!isConflict(error) && !isNotFound(error)) throw error;
    }
  }
  return removed;
}
