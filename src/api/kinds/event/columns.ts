import type { Event } from "../../../gen/howbernetes/core/v1/event.js";
import type { MicroTime, Time } from "../../../gen/howbernetes/meta/v1/values.js";
import type { Whole } from "../../object.js";
import { timeToMs } from "../../values/time.js";
import { ageCell } from "../cells.js";
import type { Column } from "../kind.js";

const isSet = (time: Time | MicroTime | undefined): boolean => (timeToMs(time) ?? 0) !== 0;

/** When it was first seen: recorders of the newer kind fill eventTime only. */
function firstSeen({ firstTimestamp, eventTime }: Whole<Event>): Time | MicroTime | undefined {
  return isSet(firstTimestamp) ? firstTimestamp : eventTime;
}

function lastSeen(event: Whole<Event>): Time | MicroTime | undefined {
  if (event.series !== undefined) return event.series.lastObservedTime;
  return isSet(event.lastTimestamp) ? event.lastTimestamp : firstSeen(event);
}

function objectCell({ involvedObject }: Whole<Event>): string {
  return `${(involvedObject?.kind ?? "").toLowerCase()}/${involvedObject?.name ?? ""}`;
}

function sourceCell({ source, reportingComponent, reportingInstance }: Whole<Event>): string {
  const component = source?.component || reportingComponent || "";
  const instance = source?.host || reportingInstance || "";
  return instance === "" ? component : `${component}, ${instance}`;
}

function countCell({ series, count }: Whole<Event>): string {
  return String(series === undefined ? count || 1 : (series.count ?? 0));
}

/** What `get events` prints; wide columns stand among the others, as Kubernetes has them. */
export const eventColumns: readonly Column<Event>[] = [
  { name: "LAST SEEN", cell: (event, nowMs) => ageCell(lastSeen(event), nowMs) },
  { name: "TYPE", cell: ({ type }) => type ?? "" },
  { name: "REASON", cell: ({ reason }) => reason ?? "" },
  { name: "OBJECT", cell: objectCell },
  { name: "SUBOBJECT", wide: true, cell: ({ involvedObject }) => involvedObject?.fieldPath ?? "" },
  { name: "SOURCE", wide: true, cell: sourceCell },
  { name: "MESSAGE", cell: ({ message }) => (message ?? "").trim() },
  { name: "FIRST SEEN", wide: true, cell: (event, nowMs) => ageCell(firstSeen(event), nowMs) },
  { name: "COUNT", wide: true, cell: countCell },
  { name: "NAME", wide: true, cell: ({ metadata }) => metadata.name },
];
