import type { WholeMeta } from "../../object.js";

/**
 * The name of the record of a pod, as "web.1f0c9a": the pod, and which of those that had its name. Within a namespace no
 * two pods share it.
 */
export function placementRecordName({ name, uid }: Pick<WholeMeta, "name" | "uid">): string {
  const suffix = `.${uid.replaceAll("-", "").slice(0, 12)}`;
  // A name has at most 253 characters; the pod's own may fill it.
  return `${name.slice(0, 253 - suffix.length).replace(/[^a-z0-9]+$/, "")}${suffix}`;
}
