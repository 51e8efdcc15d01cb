import { type AuditLog, openAuditLog } from "../apiserver/audit/audit-log.js";
import type { Log } from "../base/log.js";
import type { Metrics } from "../base/metrics.js";

/** What an api-server is told of it. */
export interface AuditOptions {
  readonly audit?: AuditLog;
}

/** Does some work with the audit log that the user asked for, if one was, and closes it when all that used it is over. */
export async function withAuditLog(
  path: string | undefined,
  deps: { readonly log: Log; readonly metrics: Metrics },
  work: (options: AuditOptions) => Promise<void>,
): Promise<void> {
  if (path === undefined) return await work({});
  const audit = await openAuditLog(path, deps);
  try {
    await work({ audit });
  } finally {
    await audit.close();
  }
}
