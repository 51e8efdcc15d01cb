import { PodDisruptionBudget } from "../../../gen/howbernetes/policy/v1/pod_disruption_budget.js";
import type { Kind } from "../kind.js";
import { podDisruptionBudgetColumns } from "./columns.js";
import { preparePodDisruptionBudgetForCreate, preparePodDisruptionBudgetForUpdate } from "./update-rules.js";
import { validatePodDisruptionBudget, validatePodDisruptionBudgetStatus } from "./validation.js";

/** How many of a set of pods may be taken away at a time by those who can wait, as when a node is drained. */
export const podDisruptionBudgetKind: Kind<PodDisruptionBudget> = {
  group: "policy",
  version: "v1",
  kind: "PodDisruptionBudget",
  plural: "poddisruptionbudgets",
  singular: "poddisruptionbudget",
  shortNames: ["pdb"],
  categories: [],
  namespaced: true,
  requiresResourceVersion: true,
  hasStatus: true,
  message: PodDisruptionBudget,
  typeName: "howbernetes.policy.v1.PodDisruptionBudget",
  selectableFields: {},
  columns: podDisruptionBudgetColumns,
  applyDefaults: () => undefined,
  validate: validatePodDisruptionBudget,
  validateUpdate: () => [],
  validateStatusUpdate: validatePodDisruptionBudgetStatus,
  prepareForCreate: preparePodDisruptionBudgetForCreate,
  prepareForUpdate: preparePodDisruptionBudgetForUpdate,
};
