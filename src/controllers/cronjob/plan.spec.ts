import { expect } from "chai";
import { type CronJobOptions, cronJob, job } from "../../../test/builders/index.js";
import type { Whole } from "../../api/object.js";
import { parseRfc3339, timeFromMs } from "../../api/values/time.js";
import { CronJobStatus } from "../../gen/howbernetes/batch/v1/cron_job.js";
import { type Job, JobStatus } from "../../gen/howbernetes/batch/v1/job.js";
import { planHistory, planStart, scheduledAtKey } from "./plan.js";
import { createTimetable } from "./timetable.js";

const ms = (time: string): number => Date.parse(`2026-01-01T${time}Z`);

interface Made {
  readonly name: string;
  /** For what time it was made; none for one that another made. */
  readonly at?: string;
  readonly end?: "Complete" | "Failed";
  readonly started?: string;
  readonly deleting?: boolean;
}

function made({ name, at, end, started, deleting = false }: Made): Whole<Job> {
  const conditions = end === undefined ? [] : [{ type: end, status: "True" }];
  const startTime = started === undefined ? undefined : timeFromMs(ms(started));
  return job({
    name,
    uid: name,
    deleting,
    annotations: at === undefined ? {} : { [scheduledAtKey]: `2026-01-01T${at}Z` },
    status: JobStatus.fromPartial({ conditions, ...(startTime === undefined ? {} : { startTime }) }),
  });
}

describe("planStart", () => {
  interface Case {
    readonly it: string;
    readonly now: string;
    readonly of?: CronJobOptions;
    readonly last?: string;
    readonly jobs?: readonly Made[];
    readonly turn: string;
    readonly next?: string;
    readonly replace?: readonly string[];
    readonly missedMany?: boolean;
  }
  const at = (time: string): ReturnType<typeof parseRfc3339> => parseRfc3339(`2026-01-01T${time}Z`);
  const forbid: CronJobOptions = { spec: { concurrencyPolicy: "Forbid" } };
  const replacing: CronJobOptions = { spec: { concurrencyPolicy: "Replace" } };
  const cases: readonly Case[] = [
    { it: "waits for the first time", now: "10:00:30", turn: "wait", next: "10:01:00" },
    { it: "starts when it has come", now: "10:01:00", turn: "start 10:01:00", next: "10:02:00" },
    { it: "starts a little late", now: "10:01:20", turn: "start 10:01:00", next: "10:02:00" },
    { it: "starts each time once", now: "10:01:20", last: "10:01:00", turn: "wait", next: "10:02:00" },
    { it: "knows of a start by its Job, too", now: "10:01:20", jobs: [{ name: "a", at: "10:01:00" }], turn: "wait", next: "10:02:00" },
    { it: "starts the latest of many", now: "10:09:59", turn: "start 10:09:00", next: "10:10:00" },
    { it: "starts the latest of very many, and says so", now: "12:00:10", turn: "start 12:00:00", next: "12:01:00", missedMany: true },
    {
      it: "does not mind what a deadline leaves out",
      now: "12:00:10",
      of: { spec: { startingDeadlineSeconds: 600 } },
      turn: "start 12:00:00",
      next: "12:01:00",
    },
    { it: "does nothing while suspended", now: "10:05:00", of: { spec: { suspend: true } }, turn: "wait" },
    { it: "does nothing when it is going", now: "10:05:00", of: { deleting: true }, turn: "wait" },
    {
      it: "starts before its deadline",
      now: "10:01:10",
      of: { spec: { startingDeadlineSeconds: 10 } },
      turn: "start 10:01:00",
      next: "10:02:00",
    },
    {
      it: "does not start after its deadline",
      now: "10:01:11",
      of: { spec: { startingDeadlineSeconds: 10 } },
      turn: "late 10:01:00",
      next: "10:02:00",
    },
    { it: "allows several", now: "10:02:00", jobs: [{ name: "a", at: "10:01:00" }], turn: "start 10:02:00", next: "10:03:00" },
    { it: "forbids several", now: "10:02:00", of: forbid, jobs: [{ name: "a", at: "10:01:00" }], turn: "held 10:02:00", next: "10:03:00" },
    {
      it: "goes on when the other is over",
      now: "10:02:00",
      of: forbid,
      jobs: [{ name: "a", at: "10:01:00", end: "Failed" }],
      turn: "start 10:02:00",
      next: "10:03:00",
    },
    { it: "does not mind what others made", now: "10:01:00", of: forbid, jobs: [{ name: "a" }], turn: "start 10:01:00", next: "10:02:00" },
    {
      it: "replaces those that run",
      now: "10:02:00",
      of: replacing,
      jobs: [
        { name: "a", at: "10:01:00" },
        { name: "b", at: "10:00:00", end: "Complete" },
        { name: "c", at: "10:00:00", deleting: true },
        { name: "d" },
      ],
      turn: "start 10:02:00",
      next: "10:03:00",
      replace: ["a"],
    },
    {
      it: "does not start again what it started, when its clock is put back",
      now: "09:30:00",
      last: "10:01:00",
      turn: "wait",
      next: "10:02:00",
    },
  ];
  for (const { it: does, now, of = {}, last, jobs = [], turn: expected, next, replace, missedMany = false } of cases) {
    it(does, () => {
      const status = CronJobStatus.fromPartial(last === undefined ? {} : { lastScheduleTime: at(last) });
      const whole = cronJob({ createdMs: ms("10:00:10"), ...of, status });
      const { turn, nextMs } = planStart(whole, jobs.map(made), createTimetable("* * * * *", "UTC"), ms(now));

      const time = (at: number): string => new Date(at).toISOString().slice(11, 19);
      expect(turn.kind === "wait" ? "wait" : `${turn.kind} ${time(turn.atMs)}`).to.equal(expected);
      expect(nextMs === undefined ? undefined : time(nextMs)).to.equal(next);
      if (turn.kind === "start") {
        expect(turn.replace.map(({ metadata }) => metadata.name)).to.deep.equal(replace ?? []);
        expect(turn.missedMany).to.equal(missedMany);
      }
    });
  }
});

describe("planHistory", () => {
  const jobs = [
    made({ name: "a", end: "Complete", started: "10:03:00" }),
    made({ name: "b", end: "Complete", started: "10:01:00" }),
    made({ name: "c", end: "Complete", started: "10:02:00" }),
    made({ name: "d", end: "Failed", started: "10:00:00" }),
    made({ name: "e", end: "Complete", started: "10:00:00", deleting: true }),
    made({ name: "f" }),
  ];
  const cases: readonly (readonly [it: string, of: CronJobOptions, remove: readonly string[]])[] = [
    ["keeps what there is room for", {}, []],
    ["removes the oldest successes", { spec: { successfulJobsHistoryLimit: 1 } }, ["b", "c"]],
    ["removes failures apart from them", { spec: { failedJobsHistoryLimit: 0 } }, ["d"]],
    ["removes none without a limit", { spec: { successfulJobsHistoryLimit: undefined, failedJobsHistoryLimit: undefined } }, []],
    ["removes none when it is going itself", { deleting: true, spec: { successfulJobsHistoryLimit: 0 } }, []],
  ];
  for (const [does, of, remove] of cases) {
    it(does, () => {
      expect(planHistory(cronJob(of), jobs).map(({ metadata }) => metadata.name)).to.deep.equal(remove);
    });
  }
});
