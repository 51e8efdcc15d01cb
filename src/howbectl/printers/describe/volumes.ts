import type { DownwardAPIVolumeFile, Volume, VolumeSource } from "../../../gen/howbernetes/core/v1/volume.js";
import type { Description } from "./description.js";

/** Adds the volumes of a pod or a template; what stands under a label is `margin` further in. */
export function volumesBlock(description: Description, volumes: readonly Volume[], margin?: string): void {
  if (volumes.length === 0) {
    description.field("Volumes", "<none>");
    return;
  }
  description.block(
    "Volumes",
    (body) => {
      for (const { name, volumeSource } of volumes) body.block(name ?? "", (inner) => describeSource(inner, volumeSource), margin);
    },
    margin,
  );
}

function describeSource(body: Description, source: VolumeSource | undefined): void {
  const { configMap, secret, emptyDir, hostPath, persistentVolumeClaim, image, downwardAPI, projected } = source ?? {};
  if (configMap !== undefined) {
    body
      .field("Type", "ConfigMap (a volume populated by a ConfigMap)")
      .field("Name", configMap.localObjectReference?.name ?? "")
      .field("Optional", String(configMap.optional === true));
  } else if (secret !== undefined) {
    body
      .field("Type", "Secret (a volume populated by a Secret)")
      .field("SecretName", secret.secretName ?? "")
      .field("Optional", String(secret.optional === true));
  } else if (emptyDir !== undefined) {
    body
      .field("Type", "EmptyDir (a temporary directory that shares a pod's lifetime)")
      .field("Medium", emptyDir.medium ?? "")
      .field("SizeLimit", emptyDir.sizeLimit?.string ?? "<unset>");
  } else if (hostPath !== undefined) {
    body
      .field("Type", "HostPath (bare host directory volume)")
      .field("Path", hostPath.path ?? "")
      .field("HostPathType", hostPath.type ?? "");
  } else if (persistentVolumeClaim !== undefined) {
    body
      .field("Type", "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)")
      .field("ClaimName", persistentVolumeClaim.claimName ?? "")
      .field("ReadOnly", String(persistentVolumeClaim.readOnly === true));
  } else if (image !== undefined) {
    body
      .field("Type", "Image (a container image or OCI artifact)")
      .field("Reference", image.reference ?? "")
      .field("PullPolicy", image.pullPolicy ?? "");
  } else if (downwardAPI !== undefined) {
    body.field("Type", "DownwardAPI (a volume populated by information about the pod)");
    body.block("Items", (items) => items.cells(downwardAPI.items.map(itemCells)));
  } else if (projected !== undefined) {
    body.field("Type", "Projected (a volume that contains injected data from multiple sources)");
    for (const { configMap: map, secret: inner, downwardAPI: facts, serviceAccountToken: token } of projected.sources) {
      if (inner !== undefined) {
        body.field("SecretName", inner.localObjectReference?.name ?? "").field("SecretOptionalName", optionalCell(inner.optional));
      }
      if (map !== undefined) {
        body.field("ConfigMapName", map.localObjectReference?.name ?? "").field("ConfigMapOptional", optionalCell(map.optional));
      }
      if (facts !== undefined) body.field("DownwardAPI", "true");
      if (token !== undefined) body.field("TokenExpirationSeconds", String(token.expirationSeconds ?? 0));
    }
  } else body.field("Type", "<unknown>");
}

/** What kubectl prints of a flag that is not set, and where it prints an address of those that are. */
const optionalCell = (optional: boolean | undefined): string => (optional === undefined ? "<nil>" : String(optional));

function itemCells({ fieldRef, resourceFieldRef, path }: DownwardAPIVolumeFile): string[] {
  return [`${fieldRef?.fieldPath ?? resourceFieldRef?.resource ?? ""} -> ${path ?? ""}`];
}
