import type { Whole } from "../../api/object.js";
import { resolveIntOrPercent } from "../../api/values/int-or-string.js";
import type { Deployment } from "../../gen/howbernetes/apps/v1/deployment.js";

/** What a rolling update must keep to at every moment. */
export interface Limits {
  /** spec.replicas. */
  readonly desired: number;
  /** No more pods than this may be without deletionTimestamp. */
  readonly maxTotal: number;
  /** No fewer pods than this may be available, unless fewer are already. */
  readonly minAvailable: number;
}

/** Works out percentages as Kubernetes does: surge rounded up, unavailable rounded down, and never both zero. */
export function limitsOf({ spec }: Whole<Deployment>): Limits {
  const desired = spec.replicas ?? 1;
  if (spec.strategy?.type === "Recreate") return { desired, maxTotal: desired, minAvailable: desired };
  const rolling = spec.strategy?.rollingUpdate;
  const surge = resolveIntOrPercent(rolling?.maxSurge, desired, "up");
  const resolved = resolveIntOrPercent(rolling?.maxUnavailable, desired, "down");
  const unavailable = Math.min(desired, surge === 0 && resolved === 0 ? 1 : resolved);
  return { desired, maxTotal: desired === 0 ? 0 : desired + surge, minAvailable: desired - unavailable };
}
