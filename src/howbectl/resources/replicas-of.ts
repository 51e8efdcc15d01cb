import type { ApiObject, Whole } from "../../api/object.js";
import type { Scale } from "../../gen/howbernetes/autoscaling/v1/scale.js";

/** The wanted count of what was read as a Scale. */
export function replicasOf(scale: Whole<ApiObject>): number {
  return (scale as unknown as Whole<Scale>).spec.replicas ?? 0;
}
