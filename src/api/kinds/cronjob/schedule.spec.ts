import { Cron } from "croner";
import fc from "fast-check";
import { checkSchedule } from "./schedule.js";

/** One field of a schedule that means something: a star, numbers or ranges, with or without a step. */
function field(min: number, max: number): fc.Arbitrary<string> {
  const number = fc.integer({ min, max });
  const range = fc.tuple(number, number).map((ends) => `${Math.min(...ends)}-${Math.max(...ends)}`);
  const stepped = fc
    .tuple(fc.oneof(fc.constant("*"), range), fc.integer({ min: 1, max: max - min }))
    .map(([span, step]) => `${span}/${step}`);
  const part = fc.oneof(number.map(String), range, stepped);
  return fc.oneof(
    fc.constant("*"),
    fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(",")),
  );
}

describe("checkSchedule", () => {
  it("lets through what can be run, and only that", () => {
    const schedules = fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6)).map((fields) => fields.join(" "));
    const property = fc.property(schedules, (schedule) => {
      checkSchedule(schedule);
      // The library that finds the next time must read the same: it throws on what it cannot.
      new Cron(schedule, { paused: true, mode: "5-part" }).stop();
    });
    fc.assert(property, { seed: 20_260_102, numRuns: 300 });
  });
});
