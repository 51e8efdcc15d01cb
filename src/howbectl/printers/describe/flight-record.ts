import { ageCell } from "../../../api/kinds/cells.js";
import type { Whole } from "../../../api/object.js";
import type { ContainerFlight, FlightRecord } from "../../../gen/howbernetes/flight/v1/flight_record.js";
import { boolCell, timeCell } from "./cells.js";
import type { Description } from "./description.js";

/** Describes how a container died: its end, what was told of it, and its last lines as they were. */
export function describeFlightRecord(record: Whole<FlightRecord>, description: Description, nowMs: number): void {
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
  const probes = flight.lastProbes.map(({ probe, outcome, time, message }) => [
    probe ?? "",
    outcome ?? "",
    ageCell(time, nowMs),
    oneLine(message),
  ]);
  description.table("Last Probes", ["Probe", "Outcome", "Age", "Message"], probes);
  const events = flight.lastEvents.map(({ type, reason, time, message }) => [
    type ?? "",
    reason ?? "",
    ageCell(time, nowMs),
    oneLine(message),
  ]);
  description.table("Last Events", ["Type", "Reason", "Age", "Message"], events);
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

function oneLine(text: string | undefined): string {
  return printable((text ?? "").trim().replace(/\s+/g, " "));
}

/** What a program wrote must not steer the terminal of who reads it. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => (character === "\t" ? "    " : "\uFFFD"));
}
