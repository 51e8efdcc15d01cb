import type { VolumeMount } from "../../../gen/howbernetes/core/v1/container.js";
import type {
  ConfigMapVolumeSource,
  DownwardAPIVolumeFile,
  DownwardAPIVolumeSource,
  EmptyDirVolumeSource,
  HostPathVolumeSource,
  KeyToPath,
  ProjectedVolumeSource,
  SecretVolumeSource,
  Volume,
  VolumeProjection,
  VolumeSource,
} from "../../../gen/howbernetes/core/v1/volume.js";
import { because, type FieldTable, honoured, only, within } from "./field-table.js";

const keyFields: FieldTable<KeyToPath> = { key: honoured, path: honoured, mode: honoured };

const fieldFields: FieldTable<DownwardAPIVolumeFile> = { path: honoured, fieldRef: honoured, resourceFieldRef: honoured, mode: honoured };

const configMapFields: FieldTable<ConfigMapVolumeSource> = {
  localObjectReference: honoured,
  items: within(keyFields),
  defaultMode: honoured,
  optional: honoured,
};

const secretFields: FieldTable<SecretVolumeSource> = {
  secretName: honoured,
  items: within(keyFields),
  defaultMode: honoured,
  optional: honoured,
};

const downwardFields: FieldTable<DownwardAPIVolumeSource> = { items: within(fieldFields), defaultMode: honoured };

const projectionFields: FieldTable<VolumeProjection> = {
  configMap: within({ localObjectReference: honoured, items: within(keyFields), optional: honoured }),
  secret: within({ localObjectReference: honoured, items: within(keyFields), optional: honoured }),
  downwardAPI: within({ items: within(fieldFields) }),
};

const projectedFields: FieldTable<ProjectedVolumeSource> = { sources: within(projectionFields), defaultMode: honoured };

const emptyDirFields: FieldTable<EmptyDirVolumeSource> = {
  medium: because("not possible here: nodes have no huge pages to give", only("Memory")),
  sizeLimit: honoured,
};

const hostPathFields: FieldTable<HostPathVolumeSource> = { path: honoured, type: honoured };

const sourceFields: FieldTable<VolumeSource> = {
  emptyDir: within(emptyDirFields),
  hostPath: within(hostPathFields),
  configMap: within(configMapFields),
  secret: within(secretFields),
  downwardAPI: within(downwardFields),
  projected: within(projectedFields),
};

/** What of a pod's volume is honoured. */
export const volumeFields: FieldTable<Volume> = { name: honoured, volumeSource: within(sourceFields) };

/** What of a container's view of a volume is honoured. */
export const mountFields: FieldTable<VolumeMount> = {
  name: honoured,
  mountPath: honoured,
  readOnly: honoured,
  subPath: honoured,
  subPathExpr: honoured,
  mountPropagation: honoured,
  recursiveReadOnly: only("Disabled"),
};
