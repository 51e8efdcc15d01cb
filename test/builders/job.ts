import type { Whole } from "../../src/api/object.js";
import { Job, type JobSpec, type JobStatus } from "../../src/gen/howbernetes/batch/v1/job.js";
import { type MetadataOptions, metadata } from "./metadata.js";
import { podTemplate, type TemplateOptions } from "./pod-template.js";

/** What a test may say of a Job. */
export interface JobOptions extends MetadataOptions {
  /** 1 by default; undefined for a Job that any success ends. */
  readonly completions?: number | undefined;
  /** 1 by default. */
  readonly parallelism?: number;
  readonly suspend?: boolean;
  readonly template?: TemplateOptions;
  /** Further fields of the spec. */
  readonly spec?: Partial<JobSpec>;
  readonly status?: Partial<JobStatus>;
}

/** A Job named work that runs one pod to its end, with the selector and labels that the api-server gives it. */
export function job(options: JobOptions = {}): Whole<Job> {
  const { name = "work", parallelism = 1, suspend = false } = options;
  const uid = options.uid ?? `uid-job-${name}`;
  const controllerUid = { "batch.kubernetes.io/controller-uid": uid };
  const template = podTemplate({ labels: { ...controllerUid, "batch.kubernetes.io/job-name": name }, ...options.template });
  Object.assign(template.spec ?? {}, { restartPolicy: "Never" });
  return Job.fromPartial({
    metadata: metadata({ ...options, uid }, { name, namespace: "default" }),
    spec: {
      ...("completions" in options ? { completions: options.completions } : { completions: 1 }),
      parallelism,
      suspend,
      backoffLimit: 6,
      completionMode: "NonIndexed",
      podReplacementPolicy: "TerminatingOrFailed",
      selector: { matchLabels: controllerUid },
      template,
      ...options.spec,
    },
    status: { ...options.status },
  }) as Whole<Job>;
}
