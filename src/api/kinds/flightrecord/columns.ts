import type { FlightRecord } from "../../../gen/howbernetes/flight/v1/flight_record.js";
import { ageCell, nameColumn, none } from "../cells.js";
import type { Column } from "../kind.js";

/** What `get flightrecords` prints; AGE is the time since the container's end. */
export const flightRecordColumns: readonly Column<FlightRecord>[] = [
  nameColumn,
  { name: "POD", cell: ({ pod }) => pod?.name ?? "" },
  { name: "CONTAINER", cell: ({ flight }) => flight?.container ?? "" },
  { name: "RESTART", cell: ({ flight }) => String(flight?.restartCount ?? 0) },
  { name: "REASON", cell: ({ flight }) => flight?.end?.reason || none },
  { name: "EXIT CODE", cell: ({ flight }) => String(flight?.end?.exitCode ?? 0) },
  { name: "AGE", cell: ({ metadata, flight }, nowMs) => ageCell(flight?.end?.finishedAt ?? metadata.creationTimestamp, nowMs) },
  { name: "OWNER", wide: true, cell: ownerCell },
  { name: "NODE", wide: true, cell: ({ nodeName }) => nodeName || none },
];

/** What controls the pod in the last instance, as "Deployment/web". */
function ownerCell({ controllers }: FlightRecord): string {
  const last = controllers.at(-1);
  return last === undefined ? none : `${last.kind ?? ""}/${last.name ?? ""}`;
}
