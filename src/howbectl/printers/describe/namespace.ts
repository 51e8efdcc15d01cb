import type { Whole } from "../../../api/object.js";
import type { Namespace } from "../../../gen/howbernetes/core/v1/namespace.js";
import { annotationCells, pairs } from "./cells.js";
import type { Description } from "./description.js";

/** Describes a namespace. */
export function describeNamespace(namespace: Whole<Namespace>, description: Description): void {
  const { metadata, status } = namespace;
  description
    .field("Name", metadata.name)
    .field("Labels", ...pairs(metadata.labels))
    .field("Annotations", ...annotationCells(namespace))
    .field("Status", status.phase ?? "");
  if (status.conditions.length > 0) {
    description.table(
      "Conditions",
      ["Type", "Status", "Reason", "Message"],
      status.conditions.map((condition) => [condition.type ?? "", condition.status ?? "", condition.reason ?? "", condition.message ?? ""]),
    );
  }
}
