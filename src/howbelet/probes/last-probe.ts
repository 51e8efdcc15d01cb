import type { ProbeKind } from "./container-health.js";
import type { ProbeResult } from "./probe-result.js";

/** The last result of one of a container's probes. */
export interface LastProbe extends ProbeResult {
  readonly probe: ProbeKind;
  /** When it was known, wall clock. */
  readonly atMs: number;
}
