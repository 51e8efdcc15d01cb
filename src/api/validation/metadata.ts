import type { ObjectMeta } from "../../gen/howbernetes/meta/v1/meta.js";
import type { FieldError } from "../errors.js";
import type { Kind } from "../kinds/kind.js";
import { sameValue } from "../kinds/same-value.js";
import { forbiddenField, invalidValue, required } from "./field-error.js";
import { child, element } from "./field-path.js";
import { validateAnnotations, validateLabels } from "./labels.js";
import { dnsLabelProblems, dnsSubdomainProblems, qualifiedNameProblems } from "./names.js";
import { validateNonNegative } from "./numbers.js";
import { validateOwnerReferences } from "./owner-references.js";

const root = "metadata";

/** Finalizers that need no prefix: those of the system itself. */
const standardFinalizers: readonly string[] = ["kubernetes", "orphan", "foregroundDeletion"];

/** What an update may not change: deletion is asked for by Delete, never written. */
const immutableFields = ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"] as const;

type KindNaming = Pick<Kind, "namespaced" | "nameFormat">;

/**
 * Every error of an object's metadata, of whatever kind. A name made from generateName must be there already; an
 * object without both is refused.
 */
export function validateMetadata(kind: KindNaming, meta: ObjectMeta): FieldError[] {
  return [
    ...validateName(kind, meta),
    ...validateNamespace(kind, meta.namespace ?? ""),
    ...validateNonNegative(meta.generation, child(root, "generation")),
    ...validateLabels(meta.labels, child(root, "labels")),
    ...validateAnnotations(meta.annotations, child(root, "annotations")),
    ...validateOwnerReferences(meta.ownerReferences, child(root, "ownerReferences")),
    ...validateFinalizers(meta.finalizers, child(root, "finalizers")),
  ];
}

/**
 * Every error of a change of metadata, in addition to `validateMetadata`. What a client may leave out (uid, timestamps)
 * must have been filled in from the previous object before: here, absent is a change.
 */
export function validateMetadataUpdate(next: ObjectMeta, previous: ObjectMeta): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of immutableFields) {
    if (sameValue(next[field] ?? "", previous[field] ?? "")) continue;
    errors.push(invalidValue(child(root, field), next[field] ?? "", "field is immutable"));
  }
  if ((next.generation ?? 0) < (previous.generation ?? 0)) {
    errors.push(invalidValue(child(root, "generation"), next.generation ?? 0, "must not be decremented"));
  }
  return [...errors, ...validateNoNewFinalizers(next, previous)];
}

function validateName({ nameFormat }: KindNaming, { name = "", generateName = "" }: ObjectMeta): FieldError[] {
  const problems = nameFormat === "label" ? dnsLabelProblems : dnsSubdomainProblems;
  // The random part that follows a prefix makes a trailing hyphen of it well-formed.
  const prefix = generateName.replace(/-$/, "a");
  return [
    ...(generateName === "" ? [] : problems(prefix).map((problem) => invalidValue(child(root, "generateName"), generateName, problem))),
    ...(name === ""
      ? [required(child(root, "name"), "name or generateName is required")]
      : problems(name).map((problem) => invalidValue(child(root, "name"), name, problem))),
  ];
}

function validateNamespace({ namespaced }: KindNaming, namespace: string): FieldError[] {
  const path = child(root, "namespace");
  if (!namespaced) return namespace === "" ? [] : [forbiddenField(path, "not allowed on this type")];
  if (namespace === "") return [required(path)];
  return dnsLabelProblems(namespace).map((problem) => invalidValue(path, namespace, problem));
}

function validateFinalizers(finalizers: readonly string[], path: string): FieldError[] {
  const errors = finalizers.flatMap((name, index) => validateFinalizer(name, element(path, index)));
  if (finalizers.includes("orphan") && finalizers.includes("foregroundDeletion")) {
    errors.push(invalidValue(path, finalizers, "finalizer orphan and foregroundDeletion cannot be both set"));
  }
  return errors;
}

function validateFinalizer(name: string, path: string): FieldError[] {
  const problems = qualifiedNameProblems(name);
  if (problems.length > 0) return problems.map((problem) => invalidValue(path, name, problem));
  if (name.includes("/") || standardFinalizers.includes(name)) return [];
  return [invalidValue(path, name, "name is neither a standard finalizer name nor is it fully qualified")];
}

/** An object on its way out would never go if new work could be laid on it. */
function validateNoNewFinalizers(next: ObjectMeta, previous: ObjectMeta): FieldError[] {
  if (previous.deletionTimestamp === undefined) return [];
  const added = next.finalizers.filter((name) => !previous.finalizers.includes(name));
  if (added.length === 0) return [];
  const names = added.map((name) => JSON.stringify(name)).join(", ");
  const detail = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${names}}`;
  return [forbiddenField(child(root, "finalizers"), detail)];
}
