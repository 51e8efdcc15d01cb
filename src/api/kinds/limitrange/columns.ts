import type { LimitRange } from "../../../gen/howbernetes/core/v1/limit_range.js";
import { formatRfc3339 } from "../../values/time.js";
import { nameColumn, unknown } from "../cells.js";
import type { Column } from "../kind.js";

/** What `get limitranges` prints: Kubernetes' columns for kinds that have none of their own. */
export const limitRangeColumns: readonly Column<LimitRange>[] = [
  nameColumn,
  {
    name: "CREATED AT",
    cell: ({ metadata: { creationTimestamp } }) => (creationTimestamp === undefined ? unknown : formatRfc3339(creationTimestamp)),
  },
];
