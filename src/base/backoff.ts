/** How waits grow from one failure to the next. */
export interface BackoffOptions {
  /** The first wait's upper bound, in milliseconds. */
  readonly initialMs: number;
  /** No wait is longer. */
  readonly maxMs: number;
  /** "full" draws each wait between zero and its bound, so that many callers spread out; "none" waits the bound. */
  readonly jitter: "full" | "none";
}

/** The wait after the `failures`-th failure in a row (1 for the first): doubles until `maxMs`. */
export function backoffMs(failures: number, options: BackoffOptions, random: () => number = Math.random): number {
  const bound = Math.min(options.maxMs, options.initialMs * 2 ** Math.min(30, Math.max(0, failures - 1)));
  return options.jitter === "full" ? bound * random() : bound;
}

/** Reconnecting streams: full jitter, 100 ms to 8 s, so that a returning server is not stampeded. */
export const reconnectBackoff: BackoffOptions = { initialMs: 100, maxMs: 8_000, jitter: "full" };
