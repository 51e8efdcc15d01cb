import { ageCell } from "../../../api/kinds/cells.js";
import type { Whole } from "../../../api/object.js";
import type { Event } from "../../../gen/howbernetes/core/v1/event.js";
import { eventsInOrder } from "../../resources/events-in-order.js";
import type { Description } from "./description.js";

/** Adds the events about an object, oldest first. */
export function eventsTable(events: readonly Whole<Event>[], description: Description, nowMs: number): void {
  const rows = eventsInOrder(events).map((event) => [
    event.type ?? "",
    event.reason ?? "",
    age(event, nowMs),
    event.source?.component ?? event.reportingComponent ?? "",
    (event.message ?? "").trim(),
  ]);
  description.table("Events", ["Type", "Reason", "Age", "From", "Message"], rows);
}

/** "5s", or "5s (x3 over 2m)" for an event that repeats. */
function age(event: Whole<Event>, nowMs: number): string {
  const last = ageCell(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp, nowMs);
  const count = event.series?.count ?? event.count ?? 1;
  return count > 1 ? `${last} (x${count} over ${ageCell(event.firstTimestamp ?? event.eventTime, nowMs)})` : last;
}
