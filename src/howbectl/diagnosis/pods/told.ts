import { ageCell } from "../../../api/kinds/cells.js";
import type { Whole } from "../../../api/object.js";
import { formatAge } from "../../../api/values/age.js";
import { timeToMs } from "../../../api/values/time.js";
import type { Event } from "../../../gen/howbernetes/core/v1/event.js";
import type { Time } from "../../../gen/howbernetes/meta/v1/values.js";
import { eventAgeCell } from "../../printers/describe/events.js";

/** An Event as evidence: `FailedMount, 12s (x3 over 2m) ago: …`. */
export function toldBy(event: Whole<Event>, nowMs: number): string {
  return `event ${event.reason ?? ""}, ${eventAgeCell(event, nowMs)}: ${oneLine(event.message)}`;
}

/** The latest Event with one of these reasons, as evidence; nothing where there is none. */
export function lastTold(events: readonly Whole<Event>[], nowMs: number, ...reasons: readonly string[]): string[] {
  const event = events.findLast(({ reason = "" }) => reasons.includes(reason));
  return event === undefined ? [] : [toldBy(event, nowMs)];
}

/** "since 3m5s", or nothing where the time is not known. */
export function sinceText(time: Time | undefined, nowMs: number): string {
  return (timeToMs(time) ?? 0) === 0 ? "" : ` for ${ageCell(time, nowMs)}`;
}

/** As "12s": how long until a time, 0s when it has passed. */
export function untilText(ms: number, nowMs: number): string {
  return formatAge(Math.max(0, ms - nowMs));
}

/** As "12:00:05 UTC". */
export function clockText(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)} UTC`;
}

/** What a condition says, as evidence. */
export function conditionText(
  condition: {
    readonly type?: string | undefined;
    readonly status?: string | undefined;
    readonly reason?: string | undefined;
    readonly message?: string | undefined;
    readonly lastTransitionTime?: Time | undefined;
  },
  nowMs: number,
): string {
  const { type = "", status = "", reason = "", message = "", lastTransitionTime } = condition;
  const why = [reason, oneLine(message)].filter((text) => text !== "").join(": ");
  return `condition ${type} is ${status}${sinceText(lastTransitionTime, nowMs)}${why === "" ? "" : `: ${why}`}`;
}

function oneLine(text: string | undefined): string {
  return (text ?? "").trim().replace(/\s*\n\s*/g, " ");
}
