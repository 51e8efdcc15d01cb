import type { CliEnv } from "../cli-env.js";

// All pods of a large cluster are placed anew for it, beside the scheduler's own work.
const defaultTimeoutMs = 10 * 60_000;

/** How long the scheduler may take to assess the whole cluster: `--request-timeout`, else ten minutes. */
export const assessmentTimeoutMs = ({ flags }: Pick<CliEnv, "flags">): number => flags.requestTimeout || defaultTimeoutMs;
