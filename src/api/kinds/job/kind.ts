import { Job } from "../../../gen/howbernetes/batch/v1/job.js";
import type { Kind } from "../kind.js";
import { jobColumns } from "./columns.js";
import { applyJobDefaults } from "./defaults.js";
import { validateJobStatusUpdate } from "./status-validation.js";
import { prepareJobForCreate, prepareJobForUpdate, validateJobUpdate } from "./update-rules.js";
import { validateJob } from "./validation.js";

/** Pods that run until enough of them have succeeded. */
export const jobKind: Kind<Job> = {
  group: "batch",
  version: "v1",
  kind: "Job",
  plural: "jobs",
  singular: "job",
  shortNames: [],
  categories: ["all"],
  namespaced: true,
  hasStatus: true,
  message: Job,
  typeName: "howbernetes.batch.v1.Job",
  selectableFields: { "status.successful": ({ status }) => String(status.succeeded ?? 0) },
  columns: jobColumns,
  applyDefaults: applyJobDefaults,
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  validateStatusUpdate: validateJobStatusUpdate,
  prepareForCreate: prepareJobForCreate,
  prepareForUpdate: prepareJobForUpdate,
};
