import { appendFileSync } from "node:fs";
import type { Context } from "mocha";

/**
 * Skips the running test, or the suite of the running hook, for a reason that the report prints and counts. It goes by
 * a file, for the report may be another process's.
 */
export function skipBecause(context: Context, reason: string): never {
  const running = context.test as (typeof context.test & { readonly type?: string }) | undefined;
  const subject = running?.type === "hook" ? running.parent : running;
  const { HOWBERNETES_SKIPS: file } = process.env;
  const title = subject?.fullTitle() ?? "";
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ title, reason })}\n`);
  else process.stderr.write(`skipped: ${title}: ${reason}\n`);
  return context.skip();
}
