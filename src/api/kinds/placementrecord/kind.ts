import { PlacementRecord } from "../../../gen/howbernetes/placement/v1/placement_record.js";
import type { Kind } from "../kind.js";
import { placementRecordColumns } from "./columns.js";
import { validatePlacementRecord, validatePlacementRecordUpdate } from "./validation.js";

/** What the scheduler found out about a pod when it last looked for a node for it. Kubernetes has no such thing. */
export const placementRecordKind: Kind<PlacementRecord> = {
  group: "howbernetes.dev",
  version: "v1",
  kind: "PlacementRecord",
  plural: "placementrecords",
  singular: "placementrecord",
  shortNames: ["plr"],
  categories: [],
  namespaced: true,
  hasStatus: false,
  ownersFromFirstApply: true,
  message: PlacementRecord,
  typeName: "howbernetes.placement.v1.PlacementRecord",
  selectableFields: {
    "pod.name": ({ pod }) => pod?.name ?? "",
    "pod.uid": ({ pod }) => pod?.uid ?? "",
    "placement.nodeName": ({ placement }) => placement?.nodeName ?? "",
  },
  columns: placementRecordColumns,
  applyDefaults: () => undefined,
  validate: validatePlacementRecord,
  validateUpdate: validatePlacementRecordUpdate,
  prepareForCreate: () => undefined,
  prepareForUpdate: () => undefined,
};
