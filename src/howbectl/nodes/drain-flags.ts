import type { DryRun } from "../flags/write-flags.js";
import type { DrainLeave } from "./plan-drain.js";

/** Flags of `drain`, but for those that name nodes. */
export interface DrainFlags extends DrainLeave {
  readonly dryRun: DryRun;
  /** Seconds; negative: the pod's own. */
  readonly gracePeriod: number;
  /** Milliseconds; 0: none. */
  readonly timeout: number;
  readonly podSelector?: string;
  readonly disableEviction?: boolean;
  readonly chunkSize: number;
}
