import type { FieldSchema } from "./message-schema.js";

/** Fields that Kubernetes always writes, yet does not demand. */
const optional: ReadonlySet<string> = new Set([
  "howbernetes.core.v1.Event.reportingComponent",
  "howbernetes.core.v1.Event.reportingInstance",
  "howbernetes.core.v1.GRPCAction.service",
  "howbernetes.core.v1.TypedLocalObjectReference.apiGroup",
  "howbernetes.core.v1.TypedObjectReference.apiGroup",
  "howbernetes.apps.v1.StatefulSetSpec.serviceName",
]);

/**
 * Whether a field must be given, as Kubernetes' schema says: what is written even when it is empty is demanded, with
 * few exceptions. Validation may demand more, and defaults may give what is demanded.
 */
export function isRequired(typeName: string, { omitEmpty, inline, name }: FieldSchema): boolean {
  return !omitEmpty && !inline && !optional.has(`${typeName}.${name}`);
}
