import { Pod } from "../../../gen/howbernetes/core/v1/pod.js";
import type { Kind } from "../kind.js";
import { podColumns } from "./columns.js";
import { applyPodDefaults } from "./defaults.js";
import { ephemeralContainersPart, refuseEphemeralContainers } from "./ephemeral-containers.js";
import { podGraceOnDelete, preparePodForCreate, preparePodForUpdate, validatePodStatusUpdate, validatePodUpdate } from "./update-rules.js";
import { validatePod } from "./validation.js";

/** Containers that live and die together on one node. */
export const podKind: Kind<Pod> = {
  group: "",
  version: "v1",
  kind: "Pod",
  plural: "pods",
  singular: "pod",
  shortNames: ["po"],
  categories: ["all"],
  namespaced: true,
  hasStatus: true,
  message: Pod,
  typeName: "howbernetes.core.v1.Pod",
  selectableFields: {
    "spec.nodeName": ({ spec }) => spec.nodeName ?? "",
    "spec.restartPolicy": ({ spec }) => spec.restartPolicy ?? "",
    "spec.schedulerName": ({ spec }) => spec.schedulerName ?? "",
    "spec.serviceAccountName": ({ spec }) => spec.serviceAccountName ?? "",
    "spec.hostNetwork": ({ spec }) => String(spec.hostNetwork ?? false),
    "status.phase": ({ status }) => status.phase ?? "",
    "status.podIP": ({ status }) => status.podIP ?? "",
    "status.podIPs": ({ status }) => status.podIPs[0]?.ip ?? "",
    "status.nominatedNodeName": ({ status }) => status.nominatedNodeName ?? "",
  },
  indexedField: "spec.nodeName",
  parts: { ephemeralcontainers: ephemeralContainersPart },
  columns: podColumns,
  applyDefaults: applyPodDefaults,
  validate: validatePod,
  validateCreate: refuseEphemeralContainers,
  validateUpdate: validatePodUpdate,
  validateStatusUpdate: validatePodStatusUpdate,
  prepareForCreate: preparePodForCreate,
  prepareForUpdate: preparePodForUpdate,
  graceOnDelete: podGraceOnDelete,
};
