import { ageCell } from "../../../api/kinds/cells.js";
import type { Whole } from "../../../api/object.js";
import { timeToMs } from "../../../api/values/time.js";
import type { ContainerFlight, FlightRecord } from "../../../gen/howbernetes/flight/v1/flight_record.js";
import type { Time } from "../../../gen/howbernetes/meta/v1/values.js";
import { boolCell, timeCell } from "./cells.js";
import type { Description } from "./description.js";

/** Describes how a container died: its end, what was told of it, and its last lines as they were. */
export function describeFlightRecord(record: Whole<FlightRecord>, description: Description): void {
  const { metadata, pod, controllers, nodeName, flight } = record;
  description
    .field("Name", metadata.name)
    .field("Namespace", metadata.namespace)
    .field("Pod", pod?.name ?? "")
    .field("Controlled By", ...controllers.map(({ kind, name }) => `${kind ?? ""}/${name ?? ""}`))
    .field("Node", nodeName ?? "");
  if (flight === undefined) return;
  description
    .field("Container", flight.container ?? "")
    .field("Restart Count", String(flight.restartCount ?? 0))
    .field("Image", flight.image ?? "")
    .fieldIfAny("Image ID", flight.imageID);
  endFields(flight, description);
  // Whoever reads this later wants to know how long before the end, not how long ago.
  const before = (time: Time | undefined): string => beforeCell(time, flight.end?.finishedAt);
  const probes = flight.lastProbes.map(({ probe = "", outcome = "", time, message }) => [probe, outcome, before(time), oneLine(message)]);
  description.table("Last Probes", ["Probe", "Outcome", "Before End", "Message"], probes);
  const events = flight.lastEvents.map(({ type = "", reason = "", time, message }) => [type, reason, before(time), oneLine(message)]);
  description.table("Last Events", ["Type", "Reason", "Before End", "Message"], events);
  if (flight.log.length === 0) description.field("Last Lines", "<none>");
  else description.block("Last Lines", (body) => body.plain(flight.log.map(printable)));
  description.fieldIfAny("Log Note", flight.logNote);
}

function endFields({ end, oomKilled }: ContainerFlight, description: Description): void {
  description
    .field("Reason", end?.reason ?? "")
    .fieldIfAny("Message", end?.message)
    .field("Exit Code", String(end?.exitCode ?? 0))
    .fieldIfAny("Signal", end?.signal ? String(end.signal) : "")
    .field("Out Of Memory", boolCell(oomKilled))
    .field("Started", timeCell(end?.startedAt))
    .field("Finished", timeCell(end?.finishedAt));
}

/** As "5s"; what was noticed after the end was "0s" before it. */
function beforeCell(time: Time | undefined, end: Time | undefined): string {
  const endMs = timeToMs(end) ?? 0;
  return ageCell(time, Math.max(endMs, timeToMs(time) ?? 0));
}

function oneLine(text: string | undefined): string {
  return printable((text ?? "").trim().replace(/\s+/g, " "));
}

/** What a program wrote must not steer the terminal of who reads it. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => (character === "\t" ? "    " : "\uFFFD"));
}
