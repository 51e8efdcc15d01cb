import { ageCell } from "../../../api/kinds/cells.js";
import type { Whole } from "../../../api/object.js";
import { timeToMs } from "../../../api/values/time.js";
import type { Event } from "../../../gen/howbernetes/core/v1/event.js";
import { eventsInOrder } from "../../resources/events-in-order.js";
import type { Description } from "./description.js";

const headers = ["Type", "Reason", "Age", "From", "Message"] as const;
/** kubectl's, one more than the letters of Age. */
const dashes = ["----", "------", "----", "----", "-------"] as const;

/** Adds the events about an object, oldest first. */
export function eventsTable(events: readonly Whole<Event>[], description: Description, nowMs: number): void {
  const rows = eventsInOrder(events).map((event) => [
    event.type ?? "",
    event.reason ?? "",
    eventAgeCell(event, nowMs),
    event.source?.component || event.reportingComponent || "",
    messageCell(event),
  ]);
  if (rows.length === 0) description.field("Events", "<none>");
  else description.block("Events", (body) => body.cells([headers, dashes, ...rows]));
}

/** "5s", or "5s (x3 over 2m)" for an event that repeats. */
export function eventAgeCell({ series, count, eventTime, firstTimestamp, lastTimestamp, metadata }: Whole<Event>, nowMs: number): string {
  const isSet = (time: typeof eventTime): boolean => (timeToMs(time) ?? 0) !== 0;
  const first = [eventTime, firstTimestamp].find(isSet) ?? metadata.creationTimestamp;
  const firstAge = ageCell(first, nowMs);
  if (series !== undefined) return `${ageCell(series.lastObservedTime, nowMs)} (x${series.count ?? 0} over ${firstAge})`;
  return (count ?? 1) > 1 ? `${ageCell(lastTimestamp, nowMs)} (x${count} over ${firstAge})` : firstAge;
}

/** The message, after the part of the object that it is about. */
function messageCell({ message, involvedObject }: Whole<Event>): string {
  const text = (message ?? "").trim();
  return involvedObject?.fieldPath ? `${involvedObject.fieldPath}: ${text}` : text;
}
