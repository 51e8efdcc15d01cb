import type { ControllerRevision } from "../../../gen/howbernetes/apps/v1/controller_revision.js";
import { qualifiedResource } from "../../errors.js";
import type { Whole } from "../../object.js";
import { ageColumn, nameColumn, none } from "../cells.js";
import type { Column } from "../kind.js";

/** As "statefulset.apps/web". */
function controllerCell({ metadata }: Whole<ControllerRevision>): string {
  const owner = metadata.ownerReferences.find(({ controller }) => controller === true);
  if (owner === undefined) return none;
  const { apiVersion = "", kind = "", name = "" } = owner;
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  return `${qualifiedResource(group, kind).toLowerCase()}/${name}`;
}

/** What `get controllerrevisions` prints. */
export const controllerRevisionColumns: readonly Column<ControllerRevision>[] = [
  nameColumn,
  { name: "CONTROLLER", cell: controllerCell },
  { name: "REVISION", cell: ({ revision }) => String(revision ?? 0) },
  ageColumn,
];
