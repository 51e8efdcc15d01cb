import type { Mutation } from "./mutations.js";

/** Of Jobs and CronJobs. */
export const jobMutations: readonly Mutation[] = [
  {
    area: "jobs",
    fault: "pods that a Job gives up are counted as failures",
    file: "src/controllers/job/reconciler.ts",
    find: "await podRelease.release(job, plan.remove, signal);",
    replace: "await podRelease.release(job, [], signal);",
  },
  {
    area: "jobs",
    fault: "a failed pod is replaced without waiting",
    file: "src/controllers/job/failure-backoff.ts",
    find: "if (count === 0) return 0;",
    replace: "if (count >= 0) return 0;",
  },
  {
    area: "jobs",
    fault: "a pod's label does not say its index",
    file: "src/controllers/job/new-pod.ts",
    find: "labels: { ...metadata.labels, ...place },",
    replace: "labels: metadata.labels,",
  },
  {
    area: "cron jobs",
    fault: "a Job's name does not say for which minute it is",
    file: "src/controllers/cronjob/new-job.ts",
    find: "atMs / 60_000",
    replace: "atMs / 30_000",
  },
];
