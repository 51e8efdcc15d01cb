import type { PodSpec, Sysctl } from "../../../gen/howbernetes/core/v1/pod.js";
import type { FieldError } from "../../errors.js";
import { duplicate, invalidValue, required } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";

const segment = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const namePattern = `^(${segment}[\\./])*${segment}$`;
const nameRegExp = new RegExp(namePattern);
const maxNameLength = 253;

/** Settings of a kernel's namespace, by the beginning of their names: with the host's namespace, they are the host's. */
const hostNamespaces = [
  { field: "hostNetwork", isInside: (name: string) => name.startsWith("net.") },
  { field: "hostIPC", isInside: (name: string) => /^(kernel\.(shm|msg)|kernel\.sem$|fs\.mqueue\.)/.test(name) },
] as const;

/** Every error of the kernel's settings for a pod. */
export function validateSysctls(sysctls: readonly Sysctl[], spec: PodSpec, path: string): FieldError[] {
  const names = new Set<string>();
  return sysctls.flatMap(({ name = "" }, index) => {
    const at = child(element(path, index), "name");
    const errors = validateName(name, spec, at);
    if (names.has(name)) errors.push(duplicate(at, name));
    names.add(name);
    return errors;
  });
}

function validateName(name: string, spec: PodSpec, path: string): FieldError[] {
  if (name === "") return [required(path)];
  if (name.length > maxNameLength || !nameRegExp.test(name)) {
    return [invalidValue(path, name, `must have at most ${maxNameLength} characters and match regex ${namePattern}`)];
  }
  const dotted = name.replaceAll("/", ".");
  const taken = hostNamespaces.find(({ field, isInside }) => spec[field] === true && isInside(dotted));
  return taken === undefined ? [] : [invalidValue(path, name, `may not be specified when '${taken.field}' is true`)];
}
