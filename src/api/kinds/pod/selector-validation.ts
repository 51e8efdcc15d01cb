import type {
  ConfigMapKeySelector,
  FileKeySelector,
  ObjectFieldSelector,
  ResourceFieldSelector,
  SecretKeySelector,
} from "../../../gen/howbernetes/core/v1/reference.js";
import type { FieldError } from "../../errors.js";
import { configKeyProblems } from "../../validation/config-keys.js";
import { invalidValue, required, unsupported } from "../../validation/field-error.js";
import { child } from "../../validation/field-path.js";
import { qualifiedNameProblems } from "../../validation/names.js";
import { canonicalQuantity } from "../../values/quantity.js";
import { validateDescendingPath } from "./path-validation.js";

/** What of itself a pod may be told: through a variable, or through a file. */
export type FieldReader = "env" | "volume";

const fields: Readonly<Record<FieldReader, readonly string[]>> = {
  env: [
    ...["metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName"],
    ...["status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"],
  ],
  volume: ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"],
};

const resources: readonly string[] = ["limits", "requests"].flatMap((kind) =>
  ["cpu", "ephemeral-storage", "memory"].map((name) => `${kind}.${name}`),
);
const hugePages = /^(limits|requests)\.hugepages-/;
const cpuDivisors: readonly string[] = ["0", "1m", "1"];
const byteDivisors: readonly string[] = ["0", "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei"];

/** Every error of a reference to one of the pod's own fields. */
export function validateFieldRef(
  { apiVersion = "", fieldPath = "" }: ObjectFieldSelector,
  reader: FieldReader,
  path: string,
): FieldError[] {
  const at = child(path, "fieldPath");
  if (apiVersion === "") return [required(child(path, "apiVersion"))];
  if (fieldPath === "") return [required(at)];
  const [, map, key] = /^(metadata\.(?:annotations|labels))\['(.*)'\]$/s.exec(fieldPath) ?? [];
  if (map === undefined || key === undefined) {
    return fields[reader].includes(fieldPath) ? [] : [unsupported(at, fieldPath, fields[reader])];
  }
  // Keys of annotations may have capitals in their prefix.
  const judged = map === "metadata.annotations" ? key.toLowerCase() : key;
  return qualifiedNameProblems(judged).map((problem) => invalidValue(path, key, problem));
}

/** Every error of a reference to what a container requests or is limited to. A file must say of which. */
export function validateResourceFieldRef(reference: ResourceFieldSelector, reader: FieldReader, path: string): FieldError[] {
  const { containerName = "", resource = "" } = reference;
  const at = child(path, "resource");
  if (reader === "volume" && containerName === "") return [required(child(path, "containerName"))];
  if (resource === "") return [required(at)];
  if (!resources.includes(resource) && !hugePages.test(resource)) return [unsupported(at, resource, resources)];
  return validateDivisor(reference, resource.replace(/^(limits|requests)\./, ""), child(path, "divisor"));
}

function validateDivisor({ divisor }: ResourceFieldSelector, name: string, path: string): FieldError[] {
  const text = divisor?.string ?? "";
  const divisors = name === "cpu" ? cpuDivisors : byteDivisors;
  if (text === "" || divisors.includes(canonicalQuantity(text) ?? "")) return [];
  const shown = divisors.slice(1);
  const listed = shown.length === 2 ? shown.join(" and ") : shown.join(", ");
  return [invalidValue(path, name, `only divisor's values ${listed} are supported with the ${name} resource`)];
}

/** Every error of a reference to a key of a ConfigMap or Secret. */
export function validateKeyRef({ localObjectReference, key = "" }: ConfigMapKeySelector | SecretKeySelector, path: string): FieldError[] {
  return [
    ...(localObjectReference?.name ? [] : [required(child(path, "name"))]),
    ...(key === ""
      ? [required(child(path, "key"))]
      : configKeyProblems(key).map((problem) => invalidValue(child(path, "key"), key, problem))),
  ];
}

/** Every error of a reference to a key of a file of variables. */
export function validateFileKeyRef({ volumeName = "", path: file = "", key = "" }: FileKeySelector, path: string): FieldError[] {
  return [
    ...(volumeName === "" ? [required(child(path, "volumeName"))] : []),
    ...(file === "" ? [required(child(path, "path"))] : validateDescendingPath(file, child(path, "path"))),
    ...(key === "" ? [required(child(path, "key"))] : []),
  ];
}
