import type { Context } from "mocha";

/** Skips the running test or suite for a reason, which the report prints and counts. */
export function skipBecause(context: Context, reason: string): never {
  const subject = (context.test?.type === "hook" ? context.test.parent : context.test) as { skipReason?: string } | undefined;
  if (subject !== undefined) subject.skipReason = reason;
  return context.skip();
}
