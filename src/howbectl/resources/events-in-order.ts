import type { Whole } from "../../api/object.js";
import { timeToMs } from "../../api/values/time.js";
import type { Event } from "../../gen/howbernetes/core/v1/event.js";

/** Events by when each was last seen, oldest first; within a second, which is as exact as most are, as they were stored. */
export function eventsInOrder(events: readonly Whole<Event>[]): Whole<Event>[] {
  return [...events].sort((left, right) => lastSeenMs(left) - lastSeenMs(right) || revisionOf(left) - revisionOf(right));
}

const revisionOf = ({ metadata }: Whole<Event>): number => Number(metadata.resourceVersion);

function lastSeenMs({ series, lastTimestamp, eventTime, metadata }: Whole<Event>): number {
  const times = [series?.lastObservedTime, lastTimestamp, eventTime, metadata.creationTimestamp];
  return times.map((time) => timeToMs(time) ?? 0).find((ms) => ms !== 0) ?? 0;
}
