import { type CronField, parseCronField } from "./cron-field.js";
import { parseEvery } from "./every.js";

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

const everyPrefix = "@every ";

/** When a CronJob is due. */
export type Schedule =
  /** At such times: five fields, each "*" or numbers that rise, joined by commas. */
  | { readonly kind: "times"; readonly pattern: string }
  /** So long after the last time. */
  | { readonly kind: "every"; readonly periodMs: number };

/**
 * Reads a schedule of five fields, or a word for one such as "@hourly". A time zone written into it is passed over, never
 * looked up.
 * @throws RangeError that says what is wrong
 */
export function parseSchedule(text: string): Schedule {
  const schedule = text.replace(/^(?:TZ|CRON_TZ)=\S*\s*/, "").trim();
  if (schedule === "") throw new RangeError("empty spec string");
  if (schedule.startsWith(everyPrefix)) return { kind: "every", periodMs: parseEvery(schedule, everyPrefix) };
  if (!schedule.startsWith("@")) return { kind: "times", pattern: normalize(schedule) };
  const pattern = descriptors[schedule];
  if (pattern === undefined) throw new RangeError(`unrecognized descriptor: ${schedule}`);
  return { kind: "times", pattern };
}

function normalize(text: string): string {
  const words = text.split(/\s+/);
  const all = Object.values(fields);
  if (words.length !== all.length)
    throw new RangeError(`expected exactly ${all.length} fields, found ${words.length}: [${words.join(" ")}]`);
  return all.map((field, index) => normalizeField(words[index] ?? "", field)).join(" ");
}

/** A star stays one: where both days are given, either is enough, and a star gives none. */
function normalizeField(text: string, field: CronField): string {
  const values = parseCronField(text, field);
  return text.split(",").some((part) => /^[*?](?:\/0*1)?$/.test(part)) ? "*" : [...values].sort((a, b) => a - b).join(",");
}
