import { FlightRecord } from "../../../gen/howbernetes/flight/v1/flight_record.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { forbiddenField, invalidValue, required } from "../../validation/field-error.js";

/** Every error of a FlightRecord: it is about a container of a pod of its namespace. */
export function validateFlightRecord({ metadata, pod, flight }: Whole<FlightRecord>): FieldError[] {
  const namespace = pod?.namespace ?? "";
  return [
    ...(pod?.name ? [] : [required("pod.name")]),
    ...(namespace === metadata.namespace ? [] : [invalidValue("pod.namespace", namespace, "does not match metadata.namespace")]),
    ...(flight?.container ? [] : [required("flight.container")]),
  ];
}

/** A record is of the past: only its metadata may change. */
export function validateFlightRecordUpdate(next: Whole<FlightRecord>, previous: Whole<FlightRecord>): FieldError[] {
  const bytes = (record: Whole<FlightRecord>): Uint8Array => FlightRecord.encode({ ...record, metadata: undefined }).finish();
  return Buffer.compare(bytes(next), bytes(previous)) === 0
    ? []
    : [forbiddenField("flight", "a record of what has happened does not change")];
}
