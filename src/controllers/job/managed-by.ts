import type { Whole } from "../../api/object.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";

/** How Kubernetes calls its own Job controller, and so ours. */
const ownName = "kubernetes.io/job-controller";

/** Whether a Job is this controller's: one that names another controller is left alone altogether. */
export function isManagedHere({ spec }: Whole<Job>): boolean {
  return spec.managedBy === undefined || spec.managedBy === ownName;
}
