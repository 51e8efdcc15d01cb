import type { PlacementRecord } from "../../../gen/howbernetes/placement/v1/placement_record.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { forbiddenField, invalidValue, required } from "../../validation/field-error.js";

/** Every error of a PlacementRecord: it is about a pod of its namespace. */
export function validatePlacementRecord({ metadata, pod }: Whole<PlacementRecord>): FieldError[] {
  const namespace = pod?.namespace ?? "";
  return [
    ...(pod?.name ? [] : [required("pod.name")]),
    ...(namespace === metadata.namespace ? [] : [invalidValue("pod.namespace", namespace, "does not match metadata.namespace")]),
  ];
}

/** A later decision takes the place of an earlier one, about the same pod. */
export function validatePlacementRecordUpdate(next: Whole<PlacementRecord>, previous: Whole<PlacementRecord>): FieldError[] {
  return next.pod?.uid === previous.pod?.uid && next.pod?.name === previous.pod?.name
    ? []
    : [forbiddenField("pod", "a record does not become another pod's")];
}
