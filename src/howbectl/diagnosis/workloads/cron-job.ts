import { Cron } from "croner";
import { parseSchedule } from "../../../api/kinds/cronjob/schedule.js";
import { timeToMs } from "../../../api/values/time.js";
import type { CronJob } from "../../../gen/howbernetes/batch/v1/cron_job.js";
import type { Finding } from "../finding.js";
import { problem, remark } from "../findings.js";
import { counted, type ObjectCase, type ObjectDiagnosis } from "../object-case.js";
import { lastTold, untilText } from "../pods/told.js";
import { suggestCommand, suggestMerge } from "../suggestions.js";
import { podFindings } from "./pod-findings.js";

/** Says of a CronJob why it is as it is. */
export function diagnoseCronJob(it: ObjectCase<CronJob>): ObjectDiagnosis {
  const { spec, status } = it.object;
  const active = status.active.length;
  const findings = [...suspended(it), ...scheduleFindings(it), ...startFindings(it), ...overlapFindings(it), ...podFindings(it)];
  const is = spec.suspend === true ? "suspended" : active > 0 ? `at work with ${counted(active, "job")}` : "waiting for its time";
  return { is, findings: [...findings, timesRemark(it)] };
}

function suspended({ ref, object }: ObjectCase<CronJob>): Finding[] {
  if (object.spec.suspend !== true) return [];
  const suggestions = [suggestMerge("resume it", ref, { spec: { suspend: false } })];
  const evidence = ["spec.suspend: true"];
  return [
    problem(ref, {
      code: "Suspended",
      headline: "it is suspended: no jobs are started",
      evidence,
      waitsFor: "somebody to resume it",
      suggestions,
    }),
  ];
}

function scheduleFindings({ ref, events, nowMs }: ObjectCase<CronJob>): Finding[] {
  const evidence = lastTold(events, nowMs, "UnparseableSchedule", "TooManyMissedTimes", "MissSchedule");
  if (evidence.length === 0) return [];
  const unparseable = events.some(({ reason }) => reason === "UnparseableSchedule");
  const headline = unparseable ? "its schedule cannot be read" : "it has missed times at which it was due";
  return [problem(ref, { code: unparseable ? "UnparseableSchedule" : "MissedTimes", headline, evidence })];
}

function startFindings({ ref, events, nowMs }: ObjectCase<CronJob>): Finding[] {
  const evidence = lastTold(events, nowMs, "FailedCreate");
  return evidence.length === 0
    ? []
    : [problem(ref, { code: "JobsRefused", headline: "its jobs cannot be made", evidence, waitsFor: "its next time" })];
}

/** What is still at work keeps the next one from being started. */
function overlapFindings({ ref, object, events, nowMs }: ObjectCase<CronJob>): Finding[] {
  const { spec, status } = object;
  const names = status.active.map(({ name = "" }) => name);
  if (spec.concurrencyPolicy !== "Forbid" || names.length === 0) return [];
  return [
    remark(ref, {
      code: "OverlapForbidden",
      headline: `no job is started while job ${names.join(", ")} is at work`,
      evidence: ["concurrencyPolicy: Forbid", ...lastTold(events, nowMs, "JobAlreadyActive")],
      waitsFor: `job ${names.join(", ")} to come to its end`,
      suggestions: [suggestMerge("let jobs overlap", ref, { spec: { concurrencyPolicy: "Allow" } })],
    }),
  ];
}

function timesRemark({ ref, object, nowMs }: ObjectCase<CronJob>): Finding {
  const { schedule = "", timeZone, suspend } = object.spec;
  const lastMs = timeToMs(object.status.lastScheduleTime);
  const nextMs = suspend === true ? undefined : nextTime(object, nowMs);
  const zone = timeZone === undefined ? "" : `, in ${timeZone}`;
  return remark(ref, {
    code: "Schedule",
    headline: nextMs === undefined ? `its schedule is ${schedule}${zone}` : `its next job is due in ${untilText(nextMs, nowMs)}`,
    evidence: [
      `schedule: ${schedule}${zone}`,
      lastMs === undefined ? "it has never started a job" : `its last job was due ${untilText(nowMs, lastMs)} ago`,
      ...(nextMs === undefined ? [] : [`its next job is due at ${new Date(nextMs).toISOString()}`]),
    ],
    ...(nextMs === undefined ? {} : { waitsFor: `its next time, ${new Date(nextMs).toISOString()}` }),
    suggestions: [
      suggestCommand("start a job at once", "create", "job", `${ref.name}-now`, `--from=cronjob/${ref.name}`, "-n", ref.namespace),
    ],
  });
}

/** Undefined where there is no such time, or the schedule cannot be read. */
function nextTime({ spec, metadata, status }: ObjectCase<CronJob>["object"], nowMs: number): number | undefined {
  try {
    const schedule = parseSchedule(spec.schedule ?? "");
    const timezone = spec.timeZone === undefined ? {} : { timezone: spec.timeZone };
    if (schedule.kind === "times")
      return new Cron(schedule.pattern, { paused: true, mode: "5-part", ...timezone }).nextRun(new Date(nowMs))?.getTime();
    const sinceMs = timeToMs(status.lastScheduleTime ?? metadata.creationTimestamp) ?? nowMs;
    return sinceMs + (Math.max(0, Math.floor((nowMs - sinceMs) / schedule.periodMs)) + 1) * schedule.periodMs;
  } catch (error: unknown) {
    if (error instanceof RangeError || error instanceof TypeError) return undefined;
    throw error;
  }
}
