import type { PriorityClass } from "../../../gen/howbernetes/scheduling/v1/priority_class.js";
import { ageColumn, nameColumn } from "../cells.js";
import type { Column } from "../kind.js";

/** What `get priorityclasses` prints. */
export const priorityClassColumns: readonly Column<PriorityClass>[] = [
  nameColumn,
  { name: "VALUE", cell: ({ value }) => String(value ?? 0) },
  { name: "GLOBAL-DEFAULT", cell: ({ globalDefault }) => String(globalDefault ?? false) },
  ageColumn,
  { name: "PREEMPTIONPOLICY", cell: ({ preemptionPolicy }) => preemptionPolicy ?? "" },
];
