import type { PodTemplateSpec } from "../../../gen/howbernetes/core/v1/pod.js";

/** Pods that a controller wants and cannot make. */
export interface WantedPods {
  readonly count: number;
  readonly template: PodTemplateSpec | undefined;
}
