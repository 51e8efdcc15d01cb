import { type Deployment, DeploymentStatus } from "../../../gen/howbernetes/apps/v1/deployment.js";
import type { Whole } from "../../object.js";
import { raiseGeneration, startGeneration } from "../generation.js";
import { sameValue } from "../same-value.js";

const revisionAnnotation = "deployment.kubernetes.io/revision";

/** A new Deployment has nothing counted yet. */
export function prepareDeploymentForCreate(draft: Whole<Deployment>): void {
  startGeneration(draft);
  draft.status = DeploymentStatus.fromPartial({});
}

/**
 * A write of the spec leaves the status as it was. Annotations count as spec, for the controller copies them to its
 * ReplicaSets; the revision does not, for it is the controller that writes it.
 */
export function prepareDeploymentForUpdate(draft: Whole<Deployment>, previous: Whole<Deployment>): void {
  draft.status = structuredClone(previous.status);
  raiseGeneration(draft, previous);
  if (sameValue(copiedAnnotations(draft), copiedAnnotations(previous))) return;
  draft.metadata.generation = (previous.metadata.generation ?? 0) + 1;
}

function copiedAnnotations({ metadata }: Whole<Deployment>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(metadata.annotations).filter(([key]) => key !== revisionAnnotation));
}
