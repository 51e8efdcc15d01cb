import type { Deployment } from "../../../gen/howbernetes/apps/v1/deployment.js";
import type { Whole } from "../../object.js";

/**
 * On a Deployment: "rollback" has it return to its last complete revision when its progress deadline passes.
 *
 * Unlike Kubernetes, which has no such thing.
 */
export const onFailureAnnotation = "howbernetes.dev/on-failure";

/** Whoever asks for what there is not is told, rather than left to find out when it is needed. */
export function warnOfOnFailure({ metadata }: Whole<Deployment>, previous: Whole<Deployment> | undefined): readonly string[] {
  const asked = metadata.annotations[onFailureAnnotation];
  if (asked === undefined || asked === "" || asked === "rollback") return [];
  if (asked === previous?.metadata.annotations[onFailureAnnotation]) return [];
  return [`metadata.annotations[${onFailureAnnotation}]: "${asked}" means nothing; "rollback" is all there is`];
}
