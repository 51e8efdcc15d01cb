import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodLife } from "../pods/pod-life.js";
import type { PodIntent } from "./pod-action.js";

/** Kubernetes' grace of a pod that names none. */
const defaultGraceSeconds = 30;

/** What is known of a pod as a whole. */
export interface PodStanding {
  readonly life: PodLife;
  /** The phase that it was last said to be in. */
  readonly phase: string | undefined;
  /** The api-server does not have it any more. */
  readonly isGone: boolean;
}

/** What is to become of a pod. */
export function intentOf({ metadata }: Whole<Pod>, { life, phase, isGone }: PodStanding): PodIntent {
  if (isGone) return "discard";
  if (metadata.deletionTimestamp !== undefined) return "delete";
  return life.failure !== undefined || hasEnded(phase) ? "settle" : "run";
}

/** Whether a phase is one that no pod leaves. */
export function hasEnded(phase: string | undefined): boolean {
  return phase === "Succeeded" || phase === "Failed";
}

/** What a pod's containers have to end. */
export function graceSecondsOf({ metadata, spec }: Whole<Pod>, { failure }: PodLife): number {
  return metadata.deletionGracePeriodSeconds ?? failure?.graceSeconds ?? spec.terminationGracePeriodSeconds ?? defaultGraceSeconds;
}
