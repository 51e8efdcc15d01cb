import { type Namespace, NamespaceStatus } from "../../../gen/howbernetes/core/v1/namespace.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { invalidValue, unsupported } from "../../validation/field-error.js";
import { element } from "../../validation/field-path.js";
import { qualifiedNameProblems } from "../../validation/names.js";

const nameLabel = "kubernetes.io/metadata.name";

/** Held by the controller that removes what is in a namespace, until it has. */
const contentFinalizer = "kubernetes";

const finalizersPath = "spec.finalizers";
const phases: readonly string[] = ["Active", "Terminating"];

/** Every namespace can be selected by its name. */
export function applyNamespaceDefaults({ metadata }: Whole<Namespace>): void {
  if (metadata.name !== "") metadata.labels[nameLabel] = metadata.name;
}

/** Every error of a namespace's spec. */
export function validateNamespace({ spec }: Whole<Namespace>): FieldError[] {
  return spec.finalizers.flatMap((name, index) =>
    qualifiedNameProblems(name).map((problem) => invalidValue(element(finalizersPath, index), name, problem)),
  );
}

/** Every error of a status written: the phase follows deletion, and nothing else. */
export function validateNamespaceStatusUpdate({ metadata, status: { phase } }: Whole<Namespace>): FieldError[] {
  const path = "status.phase";
  if (phase === undefined || !phases.includes(phase)) return [unsupported(path, phase ?? "", phases)];
  const isDeleting = metadata.deletionTimestamp !== undefined;
  if (isDeleting && phase !== "Terminating")
    return [invalidValue(path, phase, "may only be 'Terminating' if `deletionTimestamp` is not empty")];
  if (!isDeleting && phase === "Terminating") return [invalidValue(path, phase, "may only be 'Active' if `deletionTimestamp` is empty")];
  return [];
}

/** A new namespace is in use until it is deleted, and then stays until its content is gone. */
export function prepareNamespaceForCreate(draft: Whole<Namespace>): void {
  draft.status = NamespaceStatus.fromPartial({ phase: "Active" });
  if (!draft.spec.finalizers.includes(contentFinalizer)) draft.spec.finalizers.push(contentFinalizer);
}

/** A write of the spec leaves the status as it was, and the finalizers too: those go by the finalize subresource alone. */
export function prepareNamespaceForUpdate(draft: Whole<Namespace>, previous: Whole<Namespace>): void {
  draft.status = structuredClone(previous.status);
  draft.spec.finalizers = [...previous.spec.finalizers];
}

/** From here on nothing can be created in the namespace. */
export function prepareNamespaceForDelete(draft: Whole<Namespace>): void {
  draft.status.phase = "Terminating";
}

/** The namespace stays while a controller has still to empty it. */
export function isNamespaceHeld({ spec }: Whole<Namespace>): boolean {
  return spec.finalizers.length > 0;
}
