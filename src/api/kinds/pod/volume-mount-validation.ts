import type { Container, VolumeDevice, VolumeMount } from "../../../gen/howbernetes/core/v1/container.js";
import type { FieldError } from "../../errors.js";
import { forbiddenField, invalidValue, notFoundValue, required, unsupported } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";
import { validateDescendingPath } from "./path-validation.js";

const propagations: readonly string[] = ["Bidirectional", "HostToContainer", "None"];
const recursiveModes: readonly string[] = ["Disabled", "Enabled", "IfPossible"];

/** Every error of where a container sees the pod's volumes, which are called `volumeNames`. */
export function validateMounts(container: Container, volumeNames: ReadonlySet<string>, path: string): FieldError[] {
  const taken = new Set<string>();
  const mountsPath = child(path, "volumeMounts");
  const devicesPath = child(path, "volumeDevices");
  return [
    ...container.volumeMounts.flatMap((mount, index) => {
      const at = element(mountsPath, index);
      return [
        ...validatePlace(mount.name, volumeNames, child(at, "name")),
        ...validateTarget(mount.mountPath, taken, child(at, "mountPath")),
        ...validateSubPath(mount, at),
        ...validatePropagation(mount, container, child(at, "mountPropagation")),
        ...validateRecursive(mount, child(at, "recursiveReadOnly")),
      ];
    }),
    ...container.volumeDevices.flatMap((device: VolumeDevice, index) => {
      const at = element(devicesPath, index);
      return [
        ...validatePlace(device.name, volumeNames, child(at, "name")),
        ...validateTarget(device.devicePath, taken, child(at, "devicePath")),
      ];
    }),
  ];
}

function validatePlace(name: string | undefined, volumeNames: ReadonlySet<string>, path: string): FieldError[] {
  if (!name) return [required(path)];
  return volumeNames.has(name) ? [] : [notFoundValue(path, name)];
}

function validateTarget(target: string | undefined, taken: Set<string>, path: string): FieldError[] {
  if (!target) return [required(path)];
  if (taken.has(target)) return [invalidValue(path, target, "must be unique")];
  taken.add(target);
  return [];
}

function validateSubPath({ subPath = "", subPathExpr = "" }: VolumeMount, path: string): FieldError[] {
  const at = child(path, "subPathExpr");
  const both = subPath !== "" && subPathExpr !== "";
  return [
    ...(subPath === "" ? [] : validateDescendingPath(subPath, child(path, "subPath"))),
    ...(both ? [invalidValue(at, subPathExpr, "subPathExpr and subPath are mutually exclusive")] : []),
    ...(subPathExpr === "" ? [] : validateDescendingPath(subPathExpr, at)),
  ];
}

function validatePropagation({ mountPropagation }: VolumeMount, { securityContext }: Container, path: string): FieldError[] {
  if (mountPropagation === undefined) return [];
  if (!propagations.includes(mountPropagation)) return [unsupported(path, mountPropagation, propagations)];
  if (mountPropagation !== "Bidirectional" || securityContext?.privileged === true) return [];
  return [forbiddenField(path, "Bidirectional mount propagation is available only to privileged containers")];
}

function validateRecursive({ recursiveReadOnly, readOnly, mountPropagation }: VolumeMount, path: string): FieldError[] {
  if (recursiveReadOnly === undefined || recursiveReadOnly === "Disabled") return [];
  if (!recursiveModes.includes(recursiveReadOnly)) return [unsupported(path, recursiveReadOnly, recursiveModes)];
  const errors = readOnly === true ? [] : [forbiddenField(path, "may only be specified when readOnly is true")];
  if (mountPropagation !== undefined && mountPropagation !== "None") {
    errors.push(forbiddenField(path, "may only be specified when mountPropagation is None or not specified"));
  }
  return errors;
}
