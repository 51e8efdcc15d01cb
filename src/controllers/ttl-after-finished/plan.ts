import { isJobFinished } from "../../api/kinds/job/conditions.js";
import type { Whole } from "../../api/object.js";
import { timeToMs } from "../../api/values/time.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";

/**
 * Milliseconds until a finished Job is to be deleted: 0 when it is, undefined when it is not to be, or is being. One that
 * by its own word finishes in the future, because clocks differ, has its time from then on.
 */
export function expiresInMs({ metadata, spec, status }: Whole<Job>, nowMs: number): number | undefined {
  const { ttlSecondsAfterFinished } = spec;
  if (ttlSecondsAfterFinished === undefined || metadata.deletionTimestamp !== undefined || !isJobFinished(status)) return undefined;
  const end = status.conditions.find(({ type, status: is }) => (type === "Complete" || type === "Failed") && is === "True");
  const finishedMs = timeToMs(end?.lastTransitionTime);
  // When it ended is not known: then neither is when it expires.
  return finishedMs === undefined ? undefined : Math.max(0, finishedMs + ttlSecondsAfterFinished * 1000 - nowMs);
}
