import { HorizontalPodAutoscaler } from "../../../gen/howbernetes/autoscaling/v2/horizontal_pod_autoscaler.js";
import type { Kind } from "../kind.js";
import { horizontalPodAutoscalerColumns } from "./columns.js";
import { applyHorizontalPodAutoscalerDefaults } from "./defaults.js";
import { prepareHorizontalPodAutoscalerForCreate, prepareHorizontalPodAutoscalerForUpdate } from "./update-rules.js";
import { validateHorizontalPodAutoscaler, validateHorizontalPodAutoscalerStatusUpdate } from "./validation.js";

/** The replicas of something that scales, kept to what its load asks for. */
export const horizontalPodAutoscalerKind: Kind<HorizontalPodAutoscaler> = {
  group: "autoscaling",
  version: "v2",
  kind: "HorizontalPodAutoscaler",
  plural: "horizontalpodautoscalers",
  singular: "horizontalpodautoscaler",
  shortNames: ["hpa"],
  categories: ["all"],
  namespaced: true,
  hasStatus: true,
  message: HorizontalPodAutoscaler,
  typeName: "howbernetes.autoscaling.v2.HorizontalPodAutoscaler",
  selectableFields: {},
  columns: horizontalPodAutoscalerColumns,
  applyDefaults: applyHorizontalPodAutoscalerDefaults,
  validate: validateHorizontalPodAutoscaler,
  validateUpdate: () => [],
  validateStatusUpdate: validateHorizontalPodAutoscalerStatusUpdate,
  prepareForCreate: prepareHorizontalPodAutoscalerForCreate,
  prepareForUpdate: prepareHorizontalPodAutoscalerForUpdate,
};
