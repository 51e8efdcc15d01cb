import type { Namespace } from "../../../gen/howbernetes/core/v1/namespace.js";
import { ageColumn, nameColumn } from "../cells.js";
import type { Column } from "../kind.js";

/** What `get namespaces` prints. */
export const namespaceColumns: readonly Column<Namespace>[] = [
  nameColumn,
  { name: "STATUS", cell: ({ status }) => status.phase ?? "" },
  ageColumn,
];
