import type { Context } from "mocha";

interface Reasoned {
  skipReason?: string;
}

/** Skips the running test, or the suite of the running hook, for a reason that the report prints and counts. */
export function skipBecause(context: Context, reason: string): never {
  const running = context.test as (typeof context.test & { readonly type?: string }) | undefined;
  const subject: Reasoned | undefined =
    running?.type === "hook" ? (running.parent as Reasoned | undefined) : (running as Reasoned | undefined);
  if (subject !== undefined) subject.skipReason = reason;
  return context.skip();
}
