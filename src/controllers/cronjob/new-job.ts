import { makeWhole } from "../../api/codec/whole.js";
import { cronJobKind } from "../../api/kinds/cronjob/kind.js";
import { jobKind } from "../../api/kinds/job/kind.js";
import type { Whole } from "../../api/object.js";
import { formatRfc3339, timeFromMs } from "../../api/values/time.js";
import type { CronJob } from "../../gen/howbernetes/batch/v1/cron_job.js";
import type { Job } from "../../gen/howbernetes/batch/v1/job.js";
import { controllerReference } from "../ownership/owner-reference.js";
import { scheduledAtKey } from "./plan.js";

/** The Job that is due at a time. Its name says for which minute it is, so that it can't be made twice. */
export function newJob(cronJob: Whole<CronJob>, atMs: number): Whole<Job> {
  const { metadata, spec } = cronJob;
  const { labels = {}, annotations = {} } = spec.jobTemplate?.metadata ?? {};
  return makeWhole(jobKind, {
    metadata: {
      name: `${metadata.name}-${Math.floor(atMs / 60_000)}`,
      namespace: metadata.namespace,
      labels,
      annotations: { ...annotations, [scheduledAtKey]: formatInZone(atMs, spec.timeZone) },
      ownerReferences: [controllerReference(cronJobKind, cronJob)],
    },
    spec: spec.jobTemplate?.spec ?? {},
  });
}

/** As "2026-01-02T03:04:05+01:00"; without a zone, in UTC. */
function formatInZone(ms: number, timeZone = "UTC"): string {
  const parts = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" }).formatToParts(ms);
  const offset = /([+-])(\d\d):(\d\d)/.exec(parts.find(({ type }) => type === "timeZoneName")?.value ?? "");
  if (offset === null) return formatRfc3339(timeFromMs(ms));
  const [text, sign, hours, minutes] = offset;
  const offsetMs = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === "-" ? -1 : 1);
  return formatRfc3339(timeFromMs(ms + offsetMs)).replace("Z", text);
}
