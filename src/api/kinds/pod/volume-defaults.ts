import { type DownwardAPIVolumeFile, EmptyDirVolumeSource, type Volume, VolumeSource } from "../../../gen/howbernetes/core/v1/volume.js";
import { isLatest } from "./image-tag.js";

/** Permissions of files in a volume: `rw-r--r--`. */
const defaultMode = 0o644;
const defaultTokenSeconds = 3600;

/** Fills in the defaults of a volume. One without a source is an empty folder. */
export function applyVolumeDefaults(volume: Volume): void {
  volume.volumeSource ??= VolumeSource.fromPartial({});
  const source = volume.volumeSource;
  if (Object.values(source).every((kind) => kind === undefined)) source.emptyDir = EmptyDirVolumeSource.fromPartial({});
  for (const kind of [source.secret, source.configMap, source.downwardAPI, source.projected]) {
    if (kind !== undefined) kind.defaultMode ??= defaultMode;
  }
  if (source.hostPath !== undefined) source.hostPath.type ??= "";
  if (source.image !== undefined) source.image.pullPolicy ||= isLatest(source.image.reference ?? "") ? "Always" : "IfNotPresent";
  applyItemDefaults(source.downwardAPI?.items ?? []);
  for (const { downwardAPI, serviceAccountToken } of source.projected?.sources ?? []) {
    applyItemDefaults(downwardAPI?.items ?? []);
    if (serviceAccountToken !== undefined) serviceAccountToken.expirationSeconds ??= defaultTokenSeconds;
  }
}

function applyItemDefaults(items: readonly DownwardAPIVolumeFile[]): void {
  for (const { fieldRef } of items) if (fieldRef !== undefined) fieldRef.apiVersion ||= "v1";
}
