import type { OwnerReference } from "../../gen/howbernetes/meta/v1/meta.js";
import type { FieldError } from "../errors.js";
import { invalidValue } from "./field-error.js";
import { child, element } from "./field-path.js";

/** Every error of an object's owner references: each whole, at most one of them the controller. */
export function validateOwnerReferences(references: readonly OwnerReference[], path: string): FieldError[] {
  const errors = references.flatMap((reference, index) => validateOwnerReference(reference, element(path, index)));
  const [first, second] = references.filter(({ controller }) => controller === true);
  if (first !== undefined && second !== undefined) {
    const detail = `Only one reference can have Controller set to true. Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`;
    errors.push(invalidValue(path, references, detail));
  }
  return errors;
}

function validateOwnerReference(reference: OwnerReference, path: string): FieldError[] {
  const { apiVersion = "", kind = "", name = "", uid = "" } = reference;
  const errors: FieldError[] = [];
  if (apiVersion === "" || apiVersion.endsWith("/")) {
    errors.push(invalidValue(child(path, "apiVersion"), apiVersion, "version must not be empty"));
  }
  if (kind === "") errors.push(invalidValue(child(path, "kind"), kind, "must not be empty"));
  if (name === "") errors.push(invalidValue(child(path, "name"), name, "must not be empty"));
  if (uid === "") errors.push(invalidValue(child(path, "uid"), uid, "must not be empty"));
  if (apiVersion === "v1" && kind === "Event")
    errors.push(invalidValue(path, reference, "/v1, Kind=Event is disallowed from being an owner"));
  return errors;
}
