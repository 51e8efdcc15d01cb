const unitMs: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A part of a Go duration: "1h30m" has two. */
const part = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;
const durationPattern = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

/**
 * Reads the period of "@every 1h30m", in milliseconds: whole seconds, at least one.
 * @throws RangeError that says what is wrong
 */
export function parseEvery(text: string, prefix: string): number {
  const duration = text.slice(prefix.length);
  if (!durationPattern.test(duration)) {
    throw new RangeError(`failed to parse duration ${text}: time: invalid duration ${JSON.stringify(duration)}`);
  }
  const totalMs = [...duration.matchAll(part)].reduce((sum, [, count = "0", unit = "s"]) => sum + Number(count) * (unitMs[unit] ?? 0), 0);
  return duration.startsWith("-") ? 1_000 : Math.max(1_000, Math.floor(totalMs / 1_000) * 1_000);
}
