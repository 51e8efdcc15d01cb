import type { IntOrString } from "../../../gen/howbernetes/meta/v1/values.js";
import type { PodDisruptionBudget } from "../../../gen/howbernetes/policy/v1/pod_disruption_budget.js";
import { intOrStringValue } from "../../values/int-or-string.js";
import { ageColumn, nameColumn } from "../cells.js";
import type { Column } from "../kind.js";

const boundCell = (bound: IntOrString | undefined): string => (bound === undefined ? "N/A" : String(intOrStringValue(bound)));

/** What `get poddisruptionbudgets` prints. */
export const podDisruptionBudgetColumns: readonly Column<PodDisruptionBudget>[] = [
  nameColumn,
  { name: "MIN AVAILABLE", cell: ({ spec }) => boundCell(spec.minAvailable) },
  { name: "MAX UNAVAILABLE", cell: ({ spec }) => boundCell(spec.maxUnavailable) },
  { name: "ALLOWED DISRUPTIONS", cell: ({ status }) => String(status.disruptionsAllowed ?? 0) },
  ageColumn,
];
