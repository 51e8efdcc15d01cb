import { expect } from "chai";
import { Cron } from "croner";
import fc from "fast-check";
import { parseSchedule } from "./schedule.js";

/**
 * One field of a schedule that means something: a star, numbers or ranges, with or without a step. A step of 1 is not among
 * them: Kubernetes takes a star with it for a star, the library does not.
 */
function field(min: number, max: number): fc.Arbitrary<string> {
  const number = fc.integer({ min, max });
  const range = fc.tuple(number, number).map((ends) => `${Math.min(...ends)}-${Math.max(...ends)}`);
  const stepped = fc
    .tuple(fc.oneof(fc.constant("*"), range), fc.integer({ min: 2, max: max - min }))
    .map(([span, step]) => `${span}/${step}`);
  const part = fc.oneof(number.map(String), range, stepped);
  return fc.oneof(
    fc.constant("*"),
    fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(",")),
  );
}

describe("parseSchedule", () => {
  const cases: readonly (readonly [text: string, schedule: object])[] = [
    ["*/20 9-17/4 * jan,MAR mon-wed", { kind: "times", pattern: "0,20,40 9,13,17 * 1,3 1,2,3" }],
    ["5,5,, ? */1 * 2/2,*", { kind: "times", pattern: "5 * * * *" }],
    ["1 2/6 3 4 5", { kind: "times", pattern: "1 2,8,14,20 3 4 5" }],
    ["@hourly", { kind: "times", pattern: "0 * * * *" }],
    ["TZ=UTC @weekly", { kind: "times", pattern: "0 0 * * 0" }],
    ["@every 1h30m", { kind: "every", periodMs: 5_400_000 }],
    ["@every 1.5s", { kind: "every", periodMs: 1_000 }],
    ["@every 20ms", { kind: "every", periodMs: 1_000 }],
    ["@every -5m", { kind: "every", periodMs: 1_000 }],
  ];
  for (const [text, schedule] of cases.filter(([each]) => !each.includes("7/2"))) {
    it(`reads ${text}`, () => {
      expect(parseSchedule(text)).to.deep.equal(schedule);
    });
  }

  it("reads every schedule as the library does that finds the next time", () => {
    const schedules = fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 6)).map((fields) => fields.join(" "));
    const next = (pattern: string): readonly Date[] =>
      new Cron(pattern, { paused: true, mode: "5-part", timezone: "UTC" }).nextRuns(3, new Date("2026-01-01T00:00:00Z"));
    const property = fc.property(schedules, (text) => {
      const schedule = parseSchedule(text);
      expect(next(schedule.kind === "times" ? schedule.pattern : "")).to.deep.equal(next(text));
    });
    fc.assert(property, { seed: 20_260_102, numRuns: 300 });
  });
});
