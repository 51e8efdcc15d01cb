import { expect } from "chai";
import { createTimetable } from "./timetable.js";

const ms = (text: string): number => Date.parse(`${text}Z`);
const text = (time: number | undefined): string | undefined => (time === undefined ? undefined : new Date(time).toISOString().slice(0, 19));

describe("a timetable", () => {
  const nexts: readonly (readonly [schedule: string, zone: string | undefined, since: string, now: string, next: string | undefined])[] = [
    ["* * * * *", "UTC", "2026-01-01T00:00:00", "2026-01-01T00:00:30", "2026-01-01T00:01:00"],
    ["* * * * *", "UTC", "2026-01-01T00:00:00", "2026-01-01T00:01:00", "2026-01-01T00:02:00"],
    // The clock was put back: what was due before stays so.
    ["* * * * *", "UTC", "2026-01-01T05:00:00", "2026-01-01T00:01:00", "2026-01-01T05:01:00"],
    ["@hourly", "UTC", "2026-01-01T00:00:00", "2026-01-01T00:10:00", "2026-01-01T01:00:00"],
    ["0 9 * * *", "Europe/Berlin", "2026-01-01T00:00:00", "2026-01-01T00:00:00", "2026-01-01T08:00:00"],
    ["0 9 * * *", "Europe/Berlin", "2026-07-01T00:00:00", "2026-07-01T00:00:00", "2026-07-01T07:00:00"],
    ["0 0 30 2 *", "UTC", "2026-01-01T00:00:00", "2026-01-01T00:00:00", undefined],
    ["0 0 13 * 5", "UTC", "2026-11-01T00:00:00", "2026-11-06T12:00:00", "2026-11-13T00:00:00"],
    ["@every 90s", undefined, "2026-01-01T00:00:00", "2026-01-01T00:01:00", "2026-01-01T00:01:30"],
    ["@every 90s", undefined, "2026-01-01T00:00:00", "2026-01-01T00:01:30", "2026-01-01T00:03:00"],
  ];
  for (const [schedule, zone, since, now, next] of nexts) {
    it(`of ${schedule} in ${zone} has ${next} after ${since} at ${now}`, () => {
      expect(text(createTimetable(schedule, zone).next(ms(since), ms(now)))).to.equal(next);
    });
  }

  const lasts: readonly (readonly [schedule: string, since: string, now: string, at: string | undefined, count: number])[] = [
    ["* * * * *", "2026-01-01T00:00:00", "2026-01-01T00:00:59", undefined, 0],
    ["* * * * *", "2026-01-01T00:00:00", "2026-01-01T00:01:00", "2026-01-01T00:01:00", 1],
    ["* * * * *", "2026-01-01T00:00:30", "2026-01-01T00:03:59", "2026-01-01T00:03:00", 3],
    ["* * * * *", "2020-01-01T00:00:00", "2026-01-01T00:00:30", "2026-01-01T00:00:00", 3_156_480],
    ["0 0 1 1 *", "2020-06-01T00:00:00", "2026-02-01T00:00:00", "2026-01-01T00:00:00", 6],
    ["* * * * *", "2026-01-01T05:00:00", "2026-01-01T00:01:00", undefined, 0],
    ["0 0 30 2 *", "2020-01-01T00:00:00", "2026-01-01T00:00:00", undefined, 0],
    ["@every 90s", "2026-01-01T00:00:00", "2026-01-01T00:01:29", undefined, 0],
    ["@every 90s", "2026-01-01T00:00:00", "2026-01-01T00:04:00", "2026-01-01T00:03:00", 2],
  ];
  for (const [schedule, since, now, at, count] of lasts) {
    it(`of ${schedule} had ${at ?? "nothing"} due by ${now} since ${since}`, () => {
      const due = createTimetable(schedule, "UTC").latest(ms(since), ms(now));
      expect([text(due?.atMs), due?.count ?? 0]).to.deep.equal([at, count]);
    });
  }

  const changes: readonly (readonly [it: string, schedule: string, since: string, times: readonly string[]])[] = [
    ["once in an hour that comes twice", "30 1 * * *", "2026-10-31T12:00:00", ["2026-11-01T05:30:00", "2026-11-02T06:30:00"]],
    [
      "every half hour also in an hour that comes twice",
      "*/30 1 * * *",
      "2026-11-01T04:59:00",
      ["2026-11-01T05:00:00", "2026-11-01T05:30:00"],
    ],
    ["after an hour that is left out", "30 2 * * *", "2026-03-08T00:00:00", ["2026-03-08T07:00:00", "2026-03-09T06:30:00"]],
  ];
  for (const [does, schedule, since, times] of changes) {
    it(`is due ${does}`, () => {
      const timetable = createTimetable(schedule, "America/New_York");
      const first = timetable.next(ms(since), ms(since)) ?? 0;
      expect([first, timetable.next(first, first)].map(text)).to.deep.equal(times);
    });
  }

  it("refuses what cannot be read", () => {
    expect(() => createTimetable("often", undefined)).to.throw(RangeError);
  });
});
