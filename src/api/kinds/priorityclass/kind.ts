import { PriorityClass } from "../../../gen/howbernetes/scheduling/v1/priority_class.js";
import { startGeneration } from "../generation.js";
import type { Kind } from "../kind.js";
import { priorityClassColumns } from "./columns.js";
import { validatePriorityClass, validatePriorityClassUpdate } from "./validation.js";

/** A name for a priority, for pods to be scheduled by. */
export const priorityClassKind: Kind<PriorityClass> = {
  group: "scheduling.k8s.io",
  version: "v1",
  kind: "PriorityClass",
  plural: "priorityclasses",
  singular: "priorityclass",
  shortNames: ["pc"],
  categories: [],
  namespaced: false,
  hasStatus: false,
  message: PriorityClass,
  typeName: "howbernetes.scheduling.v1.PriorityClass",
  selectableFields: {},
  columns: priorityClassColumns,
  applyDefaults: (draft) => {
    draft.preemptionPolicy ??= "PreemptLowerPriority";
  },
  validate: validatePriorityClass,
  validateUpdate: validatePriorityClassUpdate,
  // Nothing that counts can change: the generation stays what it is at birth.
  prepareForCreate: startGeneration,
  prepareForUpdate: () => undefined,
};
