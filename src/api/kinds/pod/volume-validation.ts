import {
  type EmptyDirVolumeSource,
  type HostPathVolumeSource,
  type Volume,
  VolumeSource,
} from "../../../gen/howbernetes/core/v1/volume.js";
import type { FieldError } from "../../errors.js";
import { duplicate, forbiddenField, invalidValue, required, unsupported } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";
import { dnsLabelProblems } from "../../validation/names.js";
import { isQuantity, parseQuantity } from "../../values/quantity.js";
import { validateNoBacksteps } from "./path-validation.js";
import { validateProjected } from "./projected-volume-validation.js";
import { validateFieldItems, validateFolderMode, validateKeyItems, validateMode } from "./volume-item-validation.js";

const hostPathTypes: readonly string[] = [
  ...["", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"],
];
const pullPolicies: readonly string[] = ["Always", "IfNotPresent", "Never"];

/** Judges one kind of source; kinds without a judge are refused as a whole. */
const judges: readonly ((source: VolumeSource, path: string) => FieldError[])[] = [
  ({ emptyDir }, path) => (emptyDir === undefined ? [] : validateEmptyDir(emptyDir, child(path, "emptyDir"))),
  ({ hostPath }, path) => (hostPath === undefined ? [] : validateHostPath(hostPath, child(path, "hostPath"))),
  ({ secret }, path) => (secret === undefined ? [] : validateKeyed(secret, ["secretName", secret.secretName], child(path, "secret"))),
  ({ configMap }, path) =>
    configMap === undefined ? [] : validateKeyed(configMap, ["name", configMap.localObjectReference?.name], child(path, "configMap")),
  ({ downwardAPI }, path) => {
    if (downwardAPI === undefined) return [];
    const at = child(path, "downwardAPI");
    return [
      ...validateMode(downwardAPI.defaultMode, child(at, "defaultMode")),
      ...validateFieldItems(downwardAPI.items, child(at, "items")),
    ];
  },
  ({ projected }, path) => (projected === undefined ? [] : validateProjected(projected, child(path, "projected"))),
  ({ persistentVolumeClaim: claim }, path) =>
    claim === undefined || claim.claimName ? [] : [required(child(path, "persistentVolumeClaim.claimName"))],
  ({ image }, path) => {
    if (image === undefined) return [];
    const { reference, pullPolicy = "" } = image;
    const at = child(path, "image");
    const errors = reference ? [] : [required(child(at, "reference"))];
    return pullPolicies.includes(pullPolicy) ? errors : [...errors, unsupported(child(at, "pullPolicy"), pullPolicy, pullPolicies)];
  },
  ({ nfs }, path) => {
    if (nfs === undefined) return [];
    const at = child(path, "nfs");
    const errors = (["server", "path"] as const).flatMap((field) => (nfs[field] ? [] : [required(child(at, field))]));
    const isRelative = nfs.path && !nfs.path.startsWith("/");
    return isRelative ? [...errors, invalidValue(child(at, "path"), nfs.path, "must be an absolute path")] : errors;
  },
  ({ ephemeral }, path) =>
    ephemeral === undefined || ephemeral.volumeClaimTemplate !== undefined ? [] : [required(child(path, "ephemeral.volumeClaimTemplate"))],
];

/** Every error of a pod's volumes. */
export function validateVolumes(volumes: readonly Volume[], path: string): FieldError[] {
  const names = new Set<string>();
  return volumes.flatMap((volume, index) => {
    const at = element(path, index);
    return [
      ...validateName(volume.name ?? "", child(at, "name"), names),
      ...validateSource(volume.volumeSource ?? VolumeSource.fromPartial({}), at),
    ];
  });
}

function validateName(name: string, path: string, names: Set<string>): FieldError[] {
  if (name === "") return [required(path)];
  const problems = dnsLabelProblems(name).map((problem) => invalidValue(path, name, problem));
  const errors = names.has(name) ? [...problems, duplicate(path, name)] : problems;
  names.add(name);
  return errors;
}

function validateSource(source: VolumeSource, path: string): FieldError[] {
  const [first, ...others] = Object.entries(source).flatMap(([field, value]) => (value === undefined ? [] : [field]));
  if (first === undefined) return [required(path, "must specify a volume type")];
  return [
    ...judges.flatMap((judge) => judge(source, path)),
    ...others.map((field) => forbiddenField(child(path, field), "may not specify more than 1 volume type")),
  ];
}

function validateEmptyDir({ sizeLimit, mode }: EmptyDirVolumeSource, path: string): FieldError[] {
  const text = sizeLimit?.string ?? "0";
  const isSize = isQuantity(text) && parseQuantity(text) >= 0;
  return [
    ...(isSize ? [] : [forbiddenField(child(path, "sizeLimit"), "SizeLimit field must be a valid resource quantity")]),
    ...validateFolderMode(mode, child(path, "mode")),
  ];
}

function validateHostPath({ path: file = "", type = "" }: HostPathVolumeSource, path: string): FieldError[] {
  const typePath = child(path, "type");
  return [
    ...(file === "" ? [required(child(path, "path"))] : validateNoBacksteps(file, child(path, "path"))),
    ...(hostPathTypes.includes(type) ? [] : [unsupported(typePath, type, hostPathTypes.slice(1))]),
  ];
}

interface Keyed {
  readonly items: Parameters<typeof validateKeyItems>[0];
  readonly defaultMode?: number | undefined;
}

function validateKeyed(
  { items, defaultMode }: Keyed,
  [field, name]: readonly [field: string, name: string | undefined],
  path: string,
): FieldError[] {
  return [
    ...(name ? [] : [required(child(path, field))]),
    ...validateMode(defaultMode, child(path, "defaultMode")),
    ...validateKeyItems(items, child(path, "items")),
  ];
}
