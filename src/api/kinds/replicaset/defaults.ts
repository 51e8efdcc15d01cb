import type { ReplicaSet } from "../../../gen/howbernetes/apps/v1/replicaset.js";
import type { Whole } from "../../object.js";
import { applyTemplateDefaults } from "../pod/template.js";

/** Fills in the defaults of a ReplicaSet. */
export function applyReplicaSetDefaults({ spec }: Whole<ReplicaSet>): void {
  spec.replicas ??= 1;
  applyTemplateDefaults(spec);
}
