import {
  type HorizontalPodAutoscaler,
  HorizontalPodAutoscalerStatus,
} from "../../../gen/howbernetes/autoscaling/v2/horizontal_pod_autoscaler.js";
import type { Whole } from "../../object.js";
import { raiseGeneration, startGeneration } from "../generation.js";

/** A new HorizontalPodAutoscaler has measured nothing yet. */
export function prepareHorizontalPodAutoscalerForCreate(draft: Whole<HorizontalPodAutoscaler>): void {
  startGeneration(draft);
  draft.status = HorizontalPodAutoscalerStatus.fromPartial({});
}

/** A write of the spec leaves the status as it was. */
export function prepareHorizontalPodAutoscalerForUpdate(
  draft: Whole<HorizontalPodAutoscaler>,
  previous: Whole<HorizontalPodAutoscaler>,
): void {
  draft.status = structuredClone(previous.status);
  raiseGeneration(draft, previous);
}
