import { isConflict, isNotFound } from "../../api/errors.js";
import { eventKind } from "../../api/kinds/event/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { timeToMs } from "../../api/values/time.js";
import type { Event } from "../../gen/howbernetes/core/v1/event.js";
import type { ObjectStore } from "../object-store.js";

/** Events are there to explain the present: a day covers last night. (Kubernetes keeps them for an hour.) */
const eventLifetimeMs = 24 * 60 * 60_000;

/** When an Event happened last. */
function lastSeenMs({ metadata, lastTimestamp, eventTime, series }: Whole<Event>): number {
  const times = [metadata.creationTimestamp, lastTimestamp, eventTime, series?.lastObservedTime];
  return Math.max(0, ...times.map((time) => timeToMs(time) ?? 0));
}

/** Removes the Events that happened last longer ago than their lifetime. @returns how many */
export async function sweepEvents(objects: ObjectStore, nowMs: number, signal: AbortSignal): Promise<number> {
  const events = await objects.list(eventKind, "", { kind: "any" }, signal);
  let removed = 0;
  for (const { object, revision } of events) {
    if (nowMs - lastSeenMs(object) <= eventLifetimeMs) continue;
    try {
      await objects.remove(eventKind, keyOf(object), { signal, ifResourceVersion: String(revision) });
      removed += 1;
    } catch (error: unknown) {
      // It has just happened again, or somebody else was faster.
      if (!isConflict(error) && !isNotFound(error)) throw error;
    }
  }
  return removed;
}
