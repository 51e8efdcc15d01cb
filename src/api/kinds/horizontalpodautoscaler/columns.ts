import type { HorizontalPodAutoscaler } from "../../../gen/howbernetes/autoscaling/v2/horizontal_pod_autoscaler.js";
import { ageColumn, nameColumn } from "../cells.js";
import type { Column } from "../kind.js";
import { targetsCell } from "./targets-cell.js";

/** What `get hpa` prints. */
export const horizontalPodAutoscalerColumns: readonly Column<HorizontalPodAutoscaler>[] = [
  nameColumn,
  { name: "REFERENCE", cell: ({ spec }) => `${spec.scaleTargetRef?.kind ?? ""}/${spec.scaleTargetRef?.name ?? ""}` },
  { name: "TARGETS", cell: ({ spec, status }) => targetsCell(spec.metrics, status.currentMetrics) },
  { name: "MINPODS", cell: ({ spec }) => String(spec.minReplicas ?? "<unset>") },
  { name: "MAXPODS", cell: ({ spec }) => String(spec.maxReplicas ?? 0) },
  { name: "REPLICAS", cell: ({ status }) => String(status.currentReplicas ?? 0) },
  ageColumn,
];
