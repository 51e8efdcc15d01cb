import { withRetries } from "../../client/retry.js";
import type { CliEnv } from "../cli-env.js";

/** How one unary call is to be made. */
export interface UnaryCallOptions {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
}

/** Calls a service directly; while the server cannot be reached, as long as `--request-timeout` allows. */
export async function unaryCall<T>(
  env: CliEnv,
  repeatability: "repeatable" | "once",
  send: (options: UnaryCallOptions) => Promise<T>,
): Promise<T> {
  const deps = { clock: env.clock, random: Math.random, retryForMs: env.flags.requestTimeout ?? 0 };
  return await withRetries(repeatability, env.signal, deps, (timeoutMs) => send({ signal: env.signal, timeoutMs }));
}
