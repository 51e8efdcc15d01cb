import { FlightRecord } from "../../../gen/howbernetes/flight/v1/flight_record.js";
import type { Kind } from "../kind.js";
import { flightRecordColumns } from "./columns.js";
import { validateFlightRecord, validateFlightRecordUpdate } from "./validation.js";

/** What is known of a container that died. Kubernetes has no such thing. */
export const flightRecordKind: Kind<FlightRecord> = {
  group: "howbernetes.dev",
  version: "v1",
  kind: "FlightRecord",
  plural: "flightrecords",
  singular: "flightrecord",
  shortNames: ["fr"],
  categories: [],
  namespaced: true,
  hasStatus: false,
  ownersFromFirstApply: true,
  message: FlightRecord,
  typeName: "howbernetes.flight.v1.FlightRecord",
  selectableFields: {
    "pod.name": ({ pod }) => pod?.name ?? "",
    "pod.uid": ({ pod }) => pod?.uid ?? "",
    nodeName: ({ nodeName }) => nodeName ?? "",
    "flight.container": ({ flight }) => flight?.container ?? "",
  },
  columns: flightRecordColumns,
  applyDefaults: () => undefined,
  validate: validateFlightRecord,
  validateUpdate: validateFlightRecordUpdate,
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
};
