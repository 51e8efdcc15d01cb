import { parseRfc3339 } from "../../api/values/time.js";
import { PodLogOptions } from "../../gen/howbernetes/core/v1/pod_log.js";
import { UsageError } from "../usage-error.js";

/** Flags that say how much of a log is wanted. */
export interface LogExtentFlags {
  readonly follow?: boolean;
  readonly previous?: boolean;
  readonly timestamps?: boolean;
  /** Absent or -1: all. */
  readonly tail?: number;
  /** Milliseconds; 0: all. */
  readonly since?: number;
  /** RFC 3339. */
  readonly sinceTime?: string;
  /** 0: no limit. */
  readonly limitBytes?: number;
}

/** How many lines of each pod are printed when a selector picked them. */
const selectorTail = 10;

/**
 * What the server is asked for, but for the container.
 *
 * @param isSelected by a selector: then, unless said otherwise, the last ten lines alone are wanted
 * @throws UsageError on flags that contradict one another or make no sense
 */
export function logOptions(flags: LogExtentFlags, isSelected: boolean): PodLogOptions {
  const { follow, previous, timestamps, since = 0, sinceTime, limitBytes = 0 } = flags;
  const tail = flags.tail ?? (isSelected ? selectorTail : -1);
  if (sinceTime !== undefined && since !== 0) throw new UsageError("at most one of `sinceTime` or `sinceSeconds` may be specified");
  if (limitBytes < 0) throw new UsageError("--limit-bytes must be greater than 0");
  if (since < 0) throw new UsageError("--since must be greater than 0");
  if (tail < -1) throw new UsageError("--tail must be greater than or equal to -1");
  return PodLogOptions.fromPartial({
    follow,
    previous,
    timestamps,
    tailLines: tail < 0 ? undefined : tail,
    limitBytes: limitBytes === 0 ? undefined : limitBytes,
    sinceSeconds: since === 0 ? undefined : Math.max(1, Math.ceil(since / 1_000)),
    sinceTime: sinceTime === undefined ? undefined : parseSinceTime(sinceTime),
  });
}

function parseSinceTime(text: string) {
  const time = parseRfc3339(text);
  if (time === undefined) throw new UsageError(`"${text}" is not a time as 2024-08-30T06:00:00Z`);
  return time;
}
