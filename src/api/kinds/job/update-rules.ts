import { type Job, type JobSpec, JobStatus } from "../../../gen/howbernetes/batch/v1/job.js";
import type { Container } from "../../../gen/howbernetes/core/v1/container.js";
import type { PodSpec, PodTemplateSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import type { Affinity } from "../../../gen/howbernetes/core/v1/scheduling.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { invalidValue } from "../../validation/field-error.js";
import { raiseGeneration, startGeneration } from "../generation.js";
import { sameValue } from "../same-value.js";
import { hasJobCondition } from "./conditions.js";
import { labelAsTemplate } from "./defaults.js";
import { generateSelector } from "./selector.js";

const immutable = ["selector", "completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"] as const;

/** A new Job has nothing counted yet, and finds its pods by its own uid. */
export function prepareJobForCreate(draft: Whole<Job>): void {
  startGeneration(draft);
  draft.status = JobStatus.fromPartial({});
  generateSelector(draft);
  // Else the next pass of defaults would find labels on the template that were not there at the first.
  labelAsTemplate(draft);
}

/** A write of the spec leaves the status as it was. */
export function prepareJobForUpdate(draft: Whole<Job>, previous: Whole<Job>): void {
  draft.status = structuredClone(previous.status);
  raiseGeneration(draft, previous);
}

/** What of a Job may not change: what its pods are, and how they are counted. */
export function validateJobUpdate({ spec: next }: Whole<Job>, old: Whole<Job>): FieldError[] {
  const { spec: previous } = old;
  return [
    ...validateCompletions(next, previous),
    ...immutable.flatMap((field) => validateSame(next[field], previous[field], `spec.${field}`)),
    ...validateSame(next.template, isIdle(old) ? withSchedulingOf(next.template, previous.template) : previous.template, "spec.template"),
  ];
}

function validateSame(next: unknown, previous: unknown, path: string): FieldError[] {
  return sameValue(next, previous) ? [] : [invalidValue(path, next, "field is immutable")];
}

/** An Indexed Job grows and shrinks with its parallelism. */
function validateCompletions(next: JobSpec, previous: JobSpec): FieldError[] {
  const path = "spec.completions";
  if (next.completionMode !== "Indexed") return validateSame(next.completions, previous.completions, path);
  if (next.completions === previous.completions || next.completions === undefined || next.completions === next.parallelism) return [];
  return [invalidValue(path, next.completions, "can only be modified in tandem with spec.parallelism")];
}

/** Suspended, and without a pod: never started, or known to have stopped. */
function isIdle({ spec, status }: Whole<Job>): boolean {
  const hasStopped = hasJobCondition(status, "Suspended") && (status.active ?? 0) === 0;
  return spec.suspend === true && (status.startTime === undefined || hasStopped);
}

/** The previous template with what says where pods may go, and what they need, taken over from the next. */
function withSchedulingOf(next: PodTemplateSpec | undefined, previous: PodTemplateSpec | undefined): PodTemplateSpec | undefined {
  if (next?.spec === undefined || previous?.spec === undefined) return previous;
  const metadata = previous.metadata && {
    ...previous.metadata,
    labels: next.metadata?.labels ?? {},
    annotations: next.metadata?.annotations ?? {},
  };
  return { ...previous, metadata, spec: withPlacementOf(next.spec, previous.spec) };
}

function withPlacementOf(next: PodSpec, previous: PodSpec): PodSpec {
  const { nodeSelector, tolerations, schedulingGates } = next;
  return {
    ...previous,
    nodeSelector,
    tolerations,
    schedulingGates,
    affinity: withNodeAffinityOf(next.affinity, previous.affinity),
    containers: withResourcesOf(next.containers, previous.containers),
    initContainers: withResourcesOf(next.initContainers, previous.initContainers),
  };
}

function withResourcesOf(next: readonly Container[], previous: readonly Container[]): Container[] {
  return previous.map((container, index) => ({ ...container, resources: next[index]?.resources }));
}

function withNodeAffinityOf(next: Affinity | undefined, previous: Affinity | undefined): Affinity | undefined {
  const hasOther = previous?.podAffinity !== undefined || previous?.podAntiAffinity !== undefined;
  if (next === undefined && !hasOther) return undefined;
  return { podAffinity: undefined, podAntiAffinity: undefined, ...previous, nodeAffinity: next?.nodeAffinity };
}
