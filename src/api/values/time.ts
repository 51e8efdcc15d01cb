import type { MicroTime, Time } from "../../gen/howbernetes/meta/v1/values.js";

const rfc3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.(\d{1,9}))?(?:Z|[+-]\d{2}:\d{2})$/;

/** Seconds since 1970 of the first moment of the year 0 and the last of the year 9999: what RFC 3339 can say. */
const [firstSecond, lastSecond] = [-62_167_219_200, 253_402_300_799];

/** Whether a time has a form in JSON. */
export function isRepresentable({ seconds = 0, nanos = 0 }: Time | MicroTime): boolean {
  return seconds >= firstSecond && seconds <= lastSecond && nanos >= 0 && nanos < 1e9;
}

const part = (ms: number): { seconds: number; ms: number } => {
  const seconds = Math.floor(ms / 1000);
  return { seconds, ms: ms - seconds * 1000 };
};

/** meta.v1.Time of a wall-clock time in milliseconds since 1970; whole seconds, as Kubernetes keeps them. */
export function timeFromMs(ms: number): Time {
  return { seconds: part(ms).seconds, nanos: 0 };
}

/** Milliseconds since 1970, or undefined when absent. */
export function timeToMs(time: Time | MicroTime | undefined): number | undefined {
  return time === undefined ? undefined : (time.seconds ?? 0) * 1000 + Math.floor((time.nanos ?? 0) / 1e6);
}

/** meta.v1.MicroTime of a wall-clock time in milliseconds since 1970. */
export function microTimeFromMs(ms: number): MicroTime {
  const { seconds, ms: rest } = part(ms);
  return { seconds, nanos: Math.round(rest * 1000) * 1000 };
}

const toSeconds = (time: Time | MicroTime): string => new Date((time.seconds ?? 0) * 1000).toISOString().slice(0, 19);

/** As "2026-01-02T03:04:05Z". */
export function formatRfc3339(time: Time): string {
  return `${toSeconds(time)}Z`;
}

/** As "2026-01-02T03:04:05.000006Z". */
export function formatRfc3339Micro(time: MicroTime): string {
  return `${toSeconds(time)}.${String(Math.floor((time.nanos ?? 0) / 1000)).padStart(6, "0")}Z`;
}

function parse(text: string): { seconds: number; fraction: string } | undefined {
  const match = rfc3339.exec(text);
  const ms = match === null ? Number.NaN : Date.parse(text);
  const seconds = Math.floor(ms / 1000);
  // A time zone can carry the last day of the year 9999 beyond it.
  return isRepresentable({ seconds, nanos: 0 }) ? { seconds, fraction: match?.[1] ?? "" } : undefined;
}

/** Reads RFC 3339; fractions of a second are dropped. Undefined when `text` is none. */
export function parseRfc3339(text: string): Time | undefined {
  const parsed = parse(text);
  return parsed === undefined ? undefined : { seconds: parsed.seconds, nanos: 0 };
}

/** Reads RFC 3339 to the microsecond. Undefined when `text` is none. */
export function parseRfc3339Micro(text: string): MicroTime | undefined {
  const parsed = parse(text);
  return parsed === undefined ? undefined : { seconds: parsed.seconds, nanos: Number(parsed.fraction.padEnd(6, "0").slice(0, 6)) * 1000 };
}
