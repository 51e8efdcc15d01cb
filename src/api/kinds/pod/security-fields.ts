import type { SecurityContext } from "../../../gen/howbernetes/core/v1/container.js";
import type { PodSecurityContext } from "../../../gen/howbernetes/core/v1/pod.js";
import { because, type FieldTable, honoured, only } from "./field-table.js";

const linuxOnly = "not possible here: nodes run Linux containers only";

/** What of a container's rights is honoured. */
export const containerSecurityFields: FieldTable<SecurityContext> = {
  capabilities: honoured,
  privileged: honoured,
  seLinuxOptions: honoured,
  runAsUser: honoured,
  runAsGroup: honoured,
  runAsNonRoot: honoured,
  readOnlyRootFilesystem: honoured,
  allowPrivilegeEscalation: honoured,
  procMount: because("not possible on Docker: it goes with a user namespace of the pod's own", only("Default")),
  windowsOptions: because(linuxOnly),
  seccompProfile: honoured,
  appArmorProfile: honoured,
};

/** What of the rights that a pod's containers share is honoured. */
export const podSecurityFields: FieldTable<PodSecurityContext> = {
  seLinuxOptions: honoured,
  runAsUser: honoured,
  runAsGroup: honoured,
  runAsNonRoot: honoured,
  supplementalGroups: honoured,
  supplementalGroupsPolicy: because("not possible on Docker: it gives users all groups that the image names", only("Merge")),
  fsGroup: honoured,
  fsGroupChangePolicy: honoured,
  sysctls: honoured,
  windowsOptions: because(linuxOnly),
  seccompProfile: honoured,
  appArmorProfile: honoured,
  seLinuxChangePolicy: because("not possible on Docker: volumes keep the labels that they have"),
};
