import { timeFromMs } from "../../api/values/time.js";
import type { Time } from "../../gen/howbernetes/meta/v1/values.js";

/** What conditions of all kinds have in common. */
export interface Condition {
  type?: string | undefined;
  status?: string | undefined;
  lastTransitionTime?: Time | undefined;
}

/**
 * Puts reported conditions in the place of those of their type, in the order that was; others stay. A condition's
 * transition time moves only when its status does.
 */
export function mergeConditions<C extends Condition>(current: readonly C[], reported: readonly C[], nowMs: number): C[] {
  const news = new Map(reported.map((condition) => [condition.type, condition]));
  const merged = current.map((previous) => {
    const next = news.get(previous.type);
    news.delete(previous.type);
    return next === undefined ? previous : replaced(previous, next, nowMs);
  });
  const added = [...news.values()].map((next) => ({ ...next, lastTransitionTime: next.lastTransitionTime ?? timeFromMs(nowMs) }));
  return [...merged, ...added];
}

function replaced<C extends Condition>(previous: C, next: C, nowMs: number): C {
  const kept = previous.status === next.status ? previous.lastTransitionTime : undefined;
  return { ...next, lastTransitionTime: kept ?? next.lastTransitionTime ?? timeFromMs(nowMs) };
}
