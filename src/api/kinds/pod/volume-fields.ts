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

const noOwners = "files of volumes are root's here: fsGroup and modes open them to others";
const noClaims = "there are no PersistentVolumeClaims here";
const noDrivers = "there are no drivers here that could mount it";
const removed = "obsolete in Kubernetes, or removed from it";

const keyFields: FieldTable<KeyToPath> = { key: honoured, path: honoured, mode: honoured, user: because(noOwners) };

const fieldFields: FieldTable<DownwardAPIVolumeFile> = {
  path: honoured,
  fieldRef: honoured,
  resourceFieldRef: honoured,
  mode: honoured,
  user: because(noOwners),
};

const configMapFields: FieldTable<ConfigMapVolumeSource> = {
  localObjectReference: honoured,
  items: within(keyFields),
  defaultMode: honoured,
  optional: honoured,
  defaultUser: because(noOwners),
};

const secretFields: FieldTable<SecretVolumeSource> = {
  secretName: honoured,
  items: within(keyFields),
  defaultMode: honoured,
  optional: honoured,
  defaultUser: because(noOwners),
};

const downwardFields: FieldTable<DownwardAPIVolumeSource> = {
  items: within(fieldFields),
  defaultMode: honoured,
  defaultUser: because(noOwners),
};

const projectionFields: FieldTable<VolumeProjection> = {
  configMap: within({ localObjectReference: honoured, items: within(keyFields), optional: honoured }),
  secret: within({ localObjectReference: honoured, items: within(keyFields), optional: honoured }),
  downwardAPI: within({ items: within(fieldFields) }),
  serviceAccountToken: because("there are no tokens of ServiceAccounts here"),
  clusterTrustBundle: because("there are no ClusterTrustBundles here"),
  podCertificate: because("there are no PodCertificateRequests here"),
};

const projectedFields: FieldTable<ProjectedVolumeSource> = {
  sources: within(projectionFields),
  defaultMode: honoured,
  defaultUser: because(noOwners),
};

const emptyDirFields: FieldTable<EmptyDirVolumeSource> = {
  medium: because("not possible here: nodes have no huge pages to give", only("Memory")),
  sizeLimit: honoured,
  mode: honoured,
};

const hostPathFields: FieldTable<HostPathVolumeSource> = { path: honoured, type: honoured };

const sourceFields: FieldTable<VolumeSource> = {
  emptyDir: within(emptyDirFields),
  hostPath: within(hostPathFields),
  configMap: within(configMapFields),
  secret: within(secretFields),
  downwardAPI: within(downwardFields),
  projected: within(projectedFields),
  persistentVolumeClaim: because(noClaims),
  ephemeral: because(noClaims),
  csi: because(noDrivers),
  nfs: because(noDrivers),
  iscsi: because(noDrivers),
  fc: because(noDrivers),
  image: because("not possible on Docker before API 1.48, and nodes work from 1.41 on"),
  awsElasticBlockStore: because(removed),
  azureDisk: because(removed),
  azureFile: because(removed),
  cephfs: because(removed),
  cinder: because(removed),
  flexVolume: because(removed),
  flocker: because(removed),
  gcePersistentDisk: because(removed),
  gitRepo: because(removed),
  glusterfs: because(removed),
  photonPersistentDisk: because(removed),
  portworxVolume: because(removed),
  quobyte: because(removed),
  rbd: because(removed),
  scaleIO: because(removed),
  storageos: because(removed),
  vsphereVolume: because(removed),
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
  recursiveReadOnly: because("not possible on Docker before API 1.44, and nodes work from 1.41 on", only("Disabled")),
  bindMountOptions: because("not possible on Docker: it gives mounts no such options"),
};
