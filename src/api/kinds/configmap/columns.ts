import type { ConfigMap } from "../../../gen/howbernetes/core/v1/config_map.js";
import { ageColumn, nameColumn } from "../cells.js";
import type { Column } from "../kind.js";

/** What `get configmaps` prints. */
export const configMapColumns: readonly Column<ConfigMap>[] = [
  nameColumn,
  { name: "DATA", cell: ({ data, binaryData }) => String(Object.keys(data).length + Object.keys(binaryData).length) },
  ageColumn,
];
