import type { OwnerReference } from "../gen/howbernetes/meta/v1/meta.js";
import { apiVersionOf } from "./codec/json.js";
import type { Kind } from "./kinds/kind.js";
import type { ApiObject, Whole } from "./object.js";

/** The reference to an object's controller, the one owner that keeps it as it should be. */
export function controllerOf({ metadata }: Whole<ApiObject>): OwnerReference | undefined {
  return metadata.ownerReferences.find(({ controller }) => controller === true);
}

/** Whether `owner` controls an object; an owner of the same name but another uid does not. */
export function isControlledBy(object: Whole<ApiObject>, owner: Whole<ApiObject>): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid;
}

/** The reference by which `owner` controls an object. */
export function controllerReference<T extends ApiObject>(kind: Kind<T>, owner: Whole<T>): OwnerReference {
  return {
    apiVersion: apiVersionOf(kind),
    kind: kind.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
    controller: true,
    blockOwnerDeletion: true,
  };
}
