import type { Secret } from "../../../gen/howbernetes/core/v1/secret.js";
import { ageColumn, nameColumn } from "../cells.js";
import type { Column } from "../kind.js";

/** What `get secrets` prints: how much there is, never what. */
export const secretColumns: readonly Column<Secret>[] = [
  nameColumn,
  { name: "TYPE", cell: ({ type }) => type ?? "" },
  { name: "DATA", cell: ({ data }) => String(Object.keys(data).length) },
  ageColumn,
];
