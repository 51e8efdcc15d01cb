import { type DaemonSet, DaemonSetStatus } from "../../../gen/howbernetes/apps/v1/daemonset.js";
import type { Whole } from "../../object.js";
import { raiseGeneration, startGeneration } from "../generation.js";
import { sameValue } from "../same-value.js";

/** Counts the changes of the template alone; pods carry it as a label, and apps/v1 has no field for it any more. */
const templateGenerationAnnotation = "deprecated.daemonset.template.generation";

/** A new DaemonSet has nothing counted yet. */
export function prepareDaemonSetForCreate(draft: Whole<DaemonSet>): void {
  startGeneration(draft);
  draft.status = DaemonSetStatus.fromPartial({});
  setTemplateGeneration(draft, Math.max(1, templateGeneration(draft)));
}

/** A write of the spec leaves the status as it was, and counts a change of the template whatever the client says. */
export function prepareDaemonSetForUpdate(draft: Whole<DaemonSet>, previous: Whole<DaemonSet>): void {
  draft.status = structuredClone(previous.status);
  raiseGeneration(draft, previous);
  const isChanged = !sameValue(draft.spec.template, previous.spec.template);
  setTemplateGeneration(draft, templateGeneration(previous) + (isChanged ? 1 : 0));
}

function templateGeneration({ metadata }: Whole<DaemonSet>): number {
  const written = metadata.annotations[templateGenerationAnnotation] ?? "";
  return /^\d{1,15}$/.test(written) ? Number(written) : 0;
}

function setTemplateGeneration({ metadata }: Whole<DaemonSet>, generation: number): void {
  metadata.annotations[templateGenerationAnnotation] = String(generation);
}
