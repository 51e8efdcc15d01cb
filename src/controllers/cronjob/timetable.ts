import { Cron } from "croner";
import { parseSchedule } from "../../api/kinds/cronjob/schedule.js";

/** The times at which a CronJob is due, in milliseconds since 1970. */
export interface Timetable {
  /** The first one after `sinceMs` that has not come by `nowMs`; undefined when there is none, as on February 30th. */
  next(sinceMs: number, nowMs: number): number | undefined;
  /** The last one after `sinceMs` that has come by `nowMs`, and about how many have: that may be very many. */
  latest(sinceMs: number, nowMs: number): DueTime | undefined;
}

export interface DueTime {
  readonly atMs: number;
  readonly count: number;
}

/**
 * The timetable of a schedule in a time zone; without one, in that of this process.
 *
 * Unlike Kubernetes: where clocks are put back, what is due at a set time in the hour that comes twice is due once; where
 * they are put forward, what is due in the hour that is left out is due when it would have been over.
 * @throws RangeError that says what is wrong with them
 */
export function createTimetable(text: string, timeZone: string | undefined): Timetable {
  const schedule = parseSchedule(text);
  return schedule.kind === "every" ? everyPeriod(schedule.periodMs) : atTimes(schedule.pattern, timeZone);
}

function everyPeriod(periodMs: number): Timetable {
  const wholeSecond = (ms: number): number => Math.floor(ms / 1_000) * 1_000;
  const passed = (sinceMs: number, nowMs: number): number => Math.max(0, Math.floor((nowMs - wholeSecond(sinceMs)) / periodMs));
  return {
    next: (sinceMs, nowMs) => wholeSecond(sinceMs) + (passed(sinceMs, nowMs) + 1) * periodMs,
    latest: (sinceMs, nowMs) => {
      const count = passed(sinceMs, nowMs);
      return count === 0 ? undefined : { atMs: wholeSecond(sinceMs) + count * periodMs, count };
    },
  };
}

function atTimes(pattern: string, timeZone: string | undefined): Timetable {
  const cron = new Cron(pattern, { paused: true, mode: "5-part", ...(timeZone === undefined ? {} : { timezone: timeZone }) });
  const next = (afterMs: number): number | undefined => cron.nextRun(new Date(afterMs))?.getTime();
  return {
    next: (sinceMs, nowMs) => next(Math.max(sinceMs, nowMs)),
    latest: (sinceMs, nowMs) => {
      // It gives what is before a time, in whole seconds: this second's is to be among them.
      const atMs = cron.previousRuns(1, new Date(Math.floor(nowMs / 1_000) * 1_000 + 1_000))[0]?.getTime();
      if (atMs === undefined || atMs <= sinceMs) return undefined;
      const firstMs = next(sinceMs) ?? atMs;
      const periodMs = (next(firstMs) ?? Number.POSITIVE_INFINITY) - firstMs;
      return { atMs, count: 1 + Math.floor((atMs - firstMs) / periodMs) };
    },
  };
}
