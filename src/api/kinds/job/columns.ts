import type { Job } from "../../../gen/howbernetes/batch/v1/job.js";
import type { Whole } from "../../object.js";
import { formatAge } from "../../values/age.js";
import { timeToMs } from "../../values/time.js";
import { ageColumn, containerNamesCell, imagesCell, nameColumn, selectorCell } from "../cells.js";
import type { Column } from "../kind.js";
import { hasJobCondition, type JobConditionType } from "./conditions.js";

const endings: readonly JobConditionType[] = ["Complete", "Failed"];
const courses: readonly JobConditionType[] = ["Suspended", "FailureTarget", "SuccessCriteriaMet"];

function statusCell({ metadata, status }: Whole<Job>): string {
  const first = (types: readonly JobConditionType[]): string | undefined => types.find((type) => hasJobCondition(status, type));
  return first(endings) ?? (metadata.deletionTimestamp === undefined ? (first(courses) ?? "Running") : "Terminating");
}

/** `2/5`, or `0/1 of 3` where any one success is enough. */
function completionsCell({ spec: { completions, parallelism = 0 }, status }: Whole<Job>): string {
  const succeeded = status.succeeded ?? 0;
  if (completions !== undefined) return `${succeeded}/${completions}`;
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationCell({ status }: Whole<Job>, nowMs: number): string {
  const startMs = timeToMs(status.startTime);
  return startMs === undefined ? "" : formatAge((timeToMs(status.completionTime) ?? nowMs) - startMs);
}

/** What `get jobs` prints. */
export const jobColumns: readonly Column<Job>[] = [
  nameColumn,
  { name: "STATUS", cell: statusCell },
  { name: "COMPLETIONS", cell: completionsCell },
  { name: "DURATION", cell: durationCell },
  ageColumn,
  { name: "CONTAINERS", wide: true, cell: ({ spec }) => containerNamesCell(spec.template?.spec) },
  { name: "IMAGES", wide: true, cell: ({ spec }) => imagesCell(spec.template?.spec) },
  { name: "SELECTOR", wide: true, cell: ({ spec }) => selectorCell(spec.selector) },
];
