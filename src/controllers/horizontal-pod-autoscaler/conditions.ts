import { timeFromMs } from "../../api/values/time.js";
import type { HorizontalPodAutoscalerCondition } from "../../gen/howbernetes/autoscaling/v2/horizontal_pod_autoscaler.js";
import type { Reason } from "./limits.js";

/** A HorizontalPodAutoscaler's conditions while they are worked out: times move only with the status. */
export class Conditions {
  private readonly byType: Map<string, HorizontalPodAutoscalerCondition>;

  constructor(
    before: readonly HorizontalPodAutoscalerCondition[],
    private readonly nowMs: number,
  ) {
    this.byType = new Map(before.map((condition) => [condition.type ?? "", condition]));
  }

  set(type: "AbleToScale" | "ScalingActive" | "ScalingLimited", isTrue: boolean, { reason, message }: Reason): void {
    const before = this.byType.get(type);
    const status = isTrue ? "True" : "False";
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : timeFromMs(this.nowMs);
    this.byType.set(type, { type, status, reason, message, lastTransitionTime, observedGeneration: undefined });
  }

  all(): HorizontalPodAutoscalerCondition[] {
    return [...this.byType.values()];
  }
}
