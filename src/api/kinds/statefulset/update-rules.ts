import { type StatefulSet, type StatefulSetSpec, StatefulSetStatus } from "../../../gen/howbernetes/apps/v1/statefulset.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { forbiddenField } from "../../validation/field-error.js";
import { raiseGeneration, startGeneration } from "../generation.js";
import { sameValue } from "../same-value.js";

/** In the order in which Kubernetes names them. */
const changeable = [
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "revisionHistoryLimit",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
] as const satisfies readonly (keyof StatefulSetSpec)[];

/** A new StatefulSet has nothing counted yet. */
export function prepareStatefulSetForCreate(draft: Whole<StatefulSet>): void {
  startGeneration(draft);
  draft.status = StatefulSetStatus.fromPartial({});
}

/** A write of the spec leaves the status as it was. */
export function prepareStatefulSetForUpdate(draft: Whole<StatefulSet>, previous: Whole<StatefulSet>): void {
  draft.status = structuredClone(previous.status);
  raiseGeneration(draft, previous);
}

/** What of a StatefulSet may not change: all by which its pods and their volumes are told apart. */
export function validateStatefulSetUpdate({ spec: next }: Whole<StatefulSet>, { spec: previous }: Whole<StatefulSet>): FieldError[] {
  const kept: StatefulSetSpec = { ...next, ...Object.fromEntries(changeable.map((field) => [field, previous[field]])) };
  if (sameValue(kept, previous)) return [];
  const names = changeable.map((field) => `'${field}'`);
  const listed = `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
  return [forbiddenField("spec", `updates to statefulset spec for fields other than ${listed} are forbidden`)];
}
