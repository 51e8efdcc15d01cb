import { CronJob } from "../../../gen/howbernetes/batch/v1/cron_job.js";
import type { Kind } from "../kind.js";
import { cronJobColumns } from "./columns.js";
import { applyCronJobDefaults } from "./defaults.js";
import { prepareCronJobForCreate, prepareCronJobForUpdate } from "./update-rules.js";
import { validateCronJob } from "./validation.js";

/** Jobs that are made at set times. */
export const cronJobKind: Kind<CronJob> = {
  group: "batch",
  version: "v1",
  kind: "CronJob",
  plural: "cronjobs",
  singular: "cronjob",
  shortNames: ["cj"],
  categories: ["all"],
  namespaced: true,
  hasStatus: true,
  message: CronJob,
  typeName: "howbernetes.batch.v1.CronJob",
  selectableFields: {},
  columns: cronJobColumns,
  applyDefaults: applyCronJobDefaults,
  validate: validateCronJob,
  validateUpdate: () => [],
  prepareForCreate: prepareCronJobForCreate,
  prepareForUpdate: prepareCronJobForUpdate,
};
