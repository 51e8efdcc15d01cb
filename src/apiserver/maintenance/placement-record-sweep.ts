import { isConflict, isNotFound } from "../../api/errors.js";
import { placementRecordKind } from "../../api/kinds/placementrecord/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { timeToMs } from "../../api/values/time.js";
import type { PlacementRecord } from "../../gen/howbernetes/placement/v1/placement_record.js";
import type { ObjectStore } from "../object-store.js";

/** As Events: a day covers last night. */
const lifetimeMs = 24 * 60 * 60_000;

/** Whether a record tells of a decision that is too long ago: a pod that waits is recorded anew from time to time. Pure. */
export function isOutlived({ metadata, placement }: Whole<PlacementRecord>, nowMs: number): boolean {
  // One that says nothing of its time, or a time to come, does not stay forever for that.
  const decidedMs = timeToMs(placement?.time) ?? 0;
  const writtenMs = timeToMs(metadata.creationTimestamp) ?? 0;
  return nowMs - (decidedMs > nowMs ? writtenMs : Math.max(decidedMs, writtenMs)) > lifetimeMs;
}

/** Removes records that are outlived. @returns how many */
export async function sweepPlacementRecords(objects: ObjectStore, nowMs: number, signal: AbortSignal): Promise<number> {
  const records = await objects.list(placementRecordKind, "", { kind: "any" }, signal);
  let removed = 0;
  for (const { object, revision } of records) {
    if (!isOutlived(object, nowMs)) continue;
    try {
      await objects.remove(placementRecordKind, keyOf(object), { signal, ifResourceVersion: String(revision) });
      removed += 1;
    } catch (error: unknown) {
      // Somebody else was faster, or it was just written anew.
      if (!isConflict(error) && !isNotFound(error)) throw error;
    }
  }
  return removed;
}
