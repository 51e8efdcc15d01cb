import { type CronField, parseCronField } from "./cron-field.js";

const fields = {
  minute: { min: 0, max: 59 },
  hour: { min: 0, max: 23 },
  dayOfMonth: { min: 1, max: 31 },
  month: { min: 1, max: 12, names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"] },
  dayOfWeek: { min: 0, max: 6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
} as const satisfies Record<string, CronField>;

const yearly = "0 0 1 1 *";
const daily = "0 0 * * *";
const descriptors: Readonly<Record<string, string>> = {
  "@yearly": yearly,
  "@annually": yearly,
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": daily,
  "@midnight": daily,
  "@hourly": "0 * * * *",
};

/** A part of a Go duration: "1h30m" has two. */
const durationPattern = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;
const everyPrefix = "@every ";

/**
 * Checks a schedule of five fields, or a word for one such as "@hourly". A time zone written into it is passed over,
 * never looked up.
 * @throws RangeError that says what is wrong
 */
export function checkSchedule(text: string): void {
  const schedule = text.replace(/^(?:TZ|CRON_TZ)=\S*\s*/, "").trim();
  if (schedule === "") throw new RangeError("empty spec string");
  if (schedule.startsWith("@")) checkDescriptor(schedule);
  else checkFields(schedule);
}

function checkDescriptor(text: string): void {
  if (text.startsWith(everyPrefix)) {
    const duration = text.slice(everyPrefix.length);
    if (durationPattern.test(duration)) return;
    throw new RangeError(`failed to parse duration ${text}: time: invalid duration ${JSON.stringify(duration)}`);
  }
  if (descriptors[text] === undefined) throw new RangeError(`unrecognized descriptor: ${text}`);
}

function checkFields(text: string): void {
  const words = text.split(/\s+/);
  const all = Object.values(fields);
  if (words.length !== all.length)
    throw new RangeError(`expected exactly ${all.length} fields, found ${words.length}: [${words.join(" ")}]`);
  for (const [index, field] of all.entries()) parseCronField(words[index] ?? "", field);
}
