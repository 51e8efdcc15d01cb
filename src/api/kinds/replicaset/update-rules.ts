import { type ReplicaSet, ReplicaSetStatus } from "../../../gen/howbernetes/apps/v1/replicaset.js";
import type { Whole } from "../../object.js";
import { raiseGeneration, startGeneration } from "../generation.js";

/** A new ReplicaSet has nothing counted yet. */
export function prepareReplicaSetForCreate(draft: Whole<ReplicaSet>): void {
  startGeneration(draft);
  draft.status = ReplicaSetStatus.fromPartial({});
}

/** A write of the spec leaves the status as it was. */
export function prepareReplicaSetForUpdate(draft: Whole<ReplicaSet>, previous: Whole<ReplicaSet>): void {
  draft.status = structuredClone(previous.status);
  raiseGeneration(draft, previous);
}
