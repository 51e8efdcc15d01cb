import type { AppArmorProfile, SeccompProfile, SecurityContext } from "../../../gen/howbernetes/core/v1/container.js";
import type { PodSecurityContext, PodSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import type { FieldError } from "../../errors.js";
import { invalidValue, required, tooLong, unsupported } from "../../validation/field-error.js";
import { child } from "../../validation/field-path.js";
import { validateDescendingPath } from "./path-validation.js";
import { validateSysctls } from "./sysctl-validation.js";

const maxId = 2 ** 31 - 1;
const profileTypes: readonly string[] = ["Localhost", "RuntimeDefault", "Unconfined"];
const maxProfileBytes = 4095;
const procMounts: readonly string[] = ["Default", "Unmasked"];
const choices = {
  fsGroupChangePolicy: ["Always", "OnRootMismatch"],
  supplementalGroupsPolicy: ["Merge", "Strict"],
  seLinuxChangePolicy: ["MountOption", "Recursive"],
} as const satisfies Partial<Record<keyof PodSecurityContext, readonly string[]>>;

/** Every error of the rights that all containers of a pod have. */
export function validatePodSecurity(context: PodSecurityContext, spec: PodSpec, path: string): FieldError[] {
  const at = (field: keyof PodSecurityContext): string => child(path, field);
  const fields = Object.keys(choices) as (keyof typeof choices)[];
  return [
    ...context.supplementalGroups.flatMap((group) => validateId(group, at("supplementalGroups"))),
    ...(["fsGroup", "runAsUser", "runAsGroup"] as const).flatMap((field) => validateId(context[field], at(field))),
    ...validateSysctls(context.sysctls, spec, at("sysctls")),
    ...fields.flatMap((field) => validateChoice(context[field], choices[field], at(field))),
    ...validateProfiles(context, path),
  ];
}

/** Every error of the rights that one container has. */
export function validateContainerSecurity(context: SecurityContext, { hostUsers }: PodSpec, path: string): FieldError[] {
  const { procMount } = context;
  const procPath = child(path, "procMount");
  const isUnmasked = procMount === "Unmasked" && hostUsers !== false;
  return [
    ...(["runAsUser", "runAsGroup"] as const).flatMap((field) => validateId(context[field], child(path, field))),
    ...validateChoice(procMount, procMounts, procPath),
    ...(isUnmasked ? [invalidValue(procPath, procMount, "`hostUsers` must be false to use `Unmasked`")] : []),
    ...validateProfiles(context, path),
    ...validateEscalation(context, path),
  ];
}

function validateId(id: number | undefined, path: string): FieldError[] {
  if (id === undefined || (id >= 0 && id <= maxId)) return [];
  return [invalidValue(path, id, `must be between 0 and ${maxId}, inclusive`)];
}

function validateChoice(value: string | undefined, supported: readonly string[], path: string): FieldError[] {
  return value === undefined || supported.includes(value) ? [] : [unsupported(path, value, supported)];
}

/** What gives all rights cannot be kept from gaining them. */
function validateEscalation(context: SecurityContext, path: string): FieldError[] {
  if (context.allowPrivilegeEscalation !== false) return [];
  const errors: FieldError[] = [];
  if (context.privileged === true) {
    errors.push(invalidValue(path, context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"));
  }
  if (context.capabilities?.add.includes("CAP_SYS_ADMIN") === true) {
    errors.push(invalidValue(path, context, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"));
  }
  return errors;
}

interface Profiled {
  readonly seccompProfile: SeccompProfile | undefined;
  readonly appArmorProfile: AppArmorProfile | undefined;
}

function validateProfiles({ seccompProfile, appArmorProfile }: Profiled, path: string): FieldError[] {
  const seccompPath = child(path, "seccompProfile");
  const appArmorPath = child(path, "appArmorProfile");
  return [
    ...(seccompProfile === undefined ? [] : validateSeccomp(seccompProfile, seccompPath)),
    ...(appArmorProfile === undefined ? [] : validateAppArmor(appArmorProfile, appArmorPath)),
  ];
}

function validateSeccomp({ type = "", localhostProfile }: SeccompProfile, path: string): FieldError[] {
  const errors = validateProfileType({ type, localhostProfile }, path, { field: "seccompProfile", name: "seccomp" });
  if (type !== "Localhost" || localhostProfile === undefined) return errors;
  return [...errors, ...validateDescendingPath(localhostProfile, child(path, "localhostProfile"))];
}

function validateAppArmor({ type = "", localhostProfile }: AppArmorProfile, path: string): FieldError[] {
  const errors = validateProfileType({ type, localhostProfile }, path, { field: "appArmorProfile", name: "AppArmor" });
  if (type !== "Localhost" || localhostProfile === undefined) return errors;
  const at = child(path, "localhostProfile");
  const trimmed = localhostProfile.trim();
  if (trimmed !== localhostProfile) errors.push(invalidValue(at, localhostProfile, "must not be padded with whitespace"));
  if (trimmed === "") errors.push(required(at, "must be set when AppArmor type is Localhost"));
  if (Buffer.byteLength(localhostProfile) > maxProfileBytes) errors.push(tooLong(at, maxProfileBytes));
  return errors;
}

function validateProfileType(
  { type, localhostProfile }: { readonly type: string; readonly localhostProfile: string | undefined },
  path: string,
  { field, name }: { readonly field: string; readonly name: string },
): FieldError[] {
  const typePath = child(path, "type");
  const profilePath = child(path, "localhostProfile");
  const errors: FieldError[] = [];
  if (type === "") errors.push(required(typePath, `type is required when ${field} is set`));
  else if (!profileTypes.includes(type)) errors.push(unsupported(typePath, type, profileTypes));
  if (type === "Localhost" && localhostProfile === undefined) {
    errors.push(required(profilePath, `must be set when ${name} type is Localhost`));
  }
  if (type !== "Localhost" && localhostProfile !== undefined) {
    errors.push(invalidValue(profilePath, localhostProfile, `can only be set when ${name} type is Localhost`));
  }
  return errors;
}
