import { type FieldError, invalid } from "../../api/errors.js";
import { invalidValue, unsupported } from "../../api/validation/field-error.js";
import { DeleteOptions } from "../../gen/howbernetes/meta/v1/options.js";

/** What becomes of the dependents of an object that is deleted. */
export type PropagationPolicy = "Background" | "Foreground" | "Orphan";

const subject = { group: "meta.k8s.io", kind: "DeleteOptions", name: "" };
const policies: readonly string[] = ["Foreground", "Background", "Orphan"];

/** The options of a deletion, as far as they can be judged by themselves. @throws ApiError Invalid with every error at once */
export function checkedDeleteOptions(sent: DeleteOptions | undefined): DeleteOptions {
  const given = sent ?? DeleteOptions.fromPartial({});
  // Protobuf's empty text is an option left out.
  const options = { ...given, propagationPolicy: given.propagationPolicy === "" ? undefined : given.propagationPolicy };
  const { orphanDependents, propagationPolicy, dryRun } = options;
  const errors: FieldError[] = [];
  if (orphanDependents !== undefined && propagationPolicy !== undefined) {
    errors.push(invalidValue("propagationPolicy", propagationPolicy, "orphanDependents and deletionPropagation cannot be both set"));
  }
  if (propagationPolicy !== undefined && !policies.includes(propagationPolicy)) {
    errors.push(unsupported("propagationPolicy", propagationPolicy, [...policies, "nil"]));
  }
  if (dryRun.some((value) => value !== "All")) errors.push(unsupported("dryRun", dryRun, ["All"]));
  if (errors.length > 0) throw invalid(subject, errors);
  return options;
}

/** What becomes of dependents; undefined when the caller does not say: then what an earlier deletion asked for stands, else Background. */
export function propagationPolicyOf({ propagationPolicy, orphanDependents }: DeleteOptions): PropagationPolicy | undefined {
  if (orphanDependents !== undefined) return orphanDependents ? "Orphan" : "Background";
  // Checked to be one of them.
  return propagationPolicy as PropagationPolicy | undefined;
}
