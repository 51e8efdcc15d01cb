import type { CronJob } from "../../../gen/howbernetes/batch/v1/cron_job.js";
import { ageCell, ageColumn, containerNamesCell, imagesCell, nameColumn, none, selectorCell } from "../cells.js";
import type { Column } from "../kind.js";

/** What `get cronjobs` prints. */
export const cronJobColumns: readonly Column<CronJob>[] = [
  nameColumn,
  { name: "SCHEDULE", cell: ({ spec }) => spec.schedule ?? "" },
  { name: "TIMEZONE", cell: ({ spec }) => spec.timeZone || none },
  { name: "SUSPEND", cell: ({ spec }) => (spec.suspend === true ? "True" : "False") },
  { name: "ACTIVE", cell: ({ status }) => String(status.active.length) },
  {
    name: "LAST SCHEDULE",
    cell: ({ status }, nowMs) => (status.lastScheduleTime === undefined ? none : ageCell(status.lastScheduleTime, nowMs)),
  },
  ageColumn,
  { name: "CONTAINERS", wide: true, cell: ({ spec }) => containerNamesCell(spec.jobTemplate?.spec?.template?.spec) },
  { name: "IMAGES", wide: true, cell: ({ spec }) => imagesCell(spec.jobTemplate?.spec?.template?.spec) },
  { name: "SELECTOR", wide: true, cell: ({ spec }) => selectorCell(spec.jobTemplate?.spec?.selector) },
];
