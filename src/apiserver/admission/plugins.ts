import { limitRanger } from "./limit-ranger.js";
import { namespaceLifecycle } from "./namespace-lifecycle.js";
import type { AdmissionPlugin } from "./plugin.js";
import { priority } from "./priority.js";
import { createResourceQuotaPlugin } from "./resource-quota.js";

/**
 * Creates every admission plugin there is, in the order in which they are asked. Quotas come last: an object that is
 * refused for another reason takes no turn, and what others added to it is counted.
 */
export function createAdmissionPlugins(): readonly AdmissionPlugin[] {
  return [namespaceLifecycle, priority, limitRanger, createResourceQuotaPlugin()];
}
