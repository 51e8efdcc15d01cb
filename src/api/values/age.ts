const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const yearMs = 365 * dayMs;

/** `7h59m`, without the second unit where it is 0. */
function twoUnits(ms: number, [bigMs, big]: readonly [number, string], [smallMs, small]: readonly [number, string]): string {
  const bigs = Math.floor(ms / bigMs);
  const smalls = Math.floor((ms - bigs * bigMs) / smallMs);
  return smalls === 0 ? `${bigs}${big}` : `${bigs}${big}${smalls}${small}`;
}

/**
 * A duration as Kubernetes prints ages: `119s`, `3m5s`, `179m`, `7h59m`, `47h`, `7d23h`, `729d`, `7y12d`, `9y`. More
 * than a second in the future, which clocks that disagree produce, is `<invalid>`.
 */
export function formatAge(ms: number): string {
  if (ms <= -2 * secondMs) return "<invalid>";
  if (ms < 0) return "0s";
  if (ms < 2 * minuteMs) return `${Math.floor(ms / secondMs)}s`;
  if (ms < 10 * minuteMs) return twoUnits(ms, [minuteMs, "m"], [secondMs, "s"]);
  if (ms < 3 * hourMs) return `${Math.floor(ms / minuteMs)}m`;
  if (ms < 8 * hourMs) return twoUnits(ms, [hourMs, "h"], [minuteMs, "m"]);
  if (ms < 2 * dayMs) return `${Math.floor(ms / hourMs)}h`;
  if (ms < 8 * dayMs) return twoUnits(ms, [dayMs, "d"], [hourMs, "h"]);
  if (ms < 2 * yearMs) return `${Math.floor(ms / dayMs)}d`;
  if (ms < 8 * yearMs) return twoUnits(ms, [yearMs, "y"], [dayMs, "d"]);
  return `${Math.floor(ms / yearMs)}y`;
}
