import { namespaceLifecycle } from "./namespace-lifecycle.js";
import type { AdmissionPlugin } from "./plugin.js";

/** Creates every admission plugin there is, in the order in which they are asked. */
export function createAdmissionPlugins(): readonly AdmissionPlugin[] {
  return [namespaceLifecycle];
}
