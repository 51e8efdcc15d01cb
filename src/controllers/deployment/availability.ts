import { onFailureAnnotation } from "../../api/kinds/deployment/on-failure.js";
import type { Whole } from "../../api/object.js";
import type { Deployment } from "../../gen/howbernetes/apps/v1/deployment.js";

// A program that crashes at once, and again whenever it is started again, does not get this old.
const provenSeconds = 10;

/** Whether a Deployment is to be rolled back when its rollout fails. */
export function rollsBack({ metadata }: Whole<Deployment>): boolean {
  return metadata.annotations[onFailureAnnotation] === "rollback";
}

/**
 * For how long a pod has to have been ready to be available. A pod without readiness probe is ready for the moment that
 * a crashing program runs: were that enough, a Deployment that is to be rolled back would take a bad rollout for
 * complete. So it waits for longer, though never for so long that its deadline could not be kept.
 */
export function minReadySecondsOf(deployment: Whole<Deployment>): number {
  const { minReadySeconds = 0, progressDeadlineSeconds = Number.POSITIVE_INFINITY } = deployment.spec;
  return rollsBack(deployment)
    ? Math.max(minReadySeconds, Math.min(provenSeconds, Math.floor(progressDeadlineSeconds / 2)))
    : minReadySeconds;
}
