import { qualifiedResource } from "../../api/errors.js";
import { kindOf } from "../../api/kinds/index.js";
import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, ObjectKey, Whole } from "../../api/object.js";
import type { OwnerReference } from "../../gen/howbernetes/meta/v1/meta.js";
import { controllerOf } from "../ownership/owner-reference.js";
import { type Scale, type ScaleOf, UncountableError } from "./expected-pods.js";

/** Looks an object of any kind up in the caches. */
export type FindObject = (kind: Kind, key: ObjectKey) => Whole<ApiObject> | undefined;

/**
 * Finds the scale that a pod is one of: that of its controller, or of its controller's where that has a scale too, as a
 * Deployment is asked and not its ReplicaSets, of which a rollout has two.
 */
export function scaleFinder(find: FindObject): ScaleOf {
  return (pod) => {
    const reference = controllerOf(pod);
    if (reference === undefined) return undefined;
    const { namespace, name } = pod.metadata;
    const scale = scaleAt(find, reference, namespace);
    if (scale === undefined) throw new UncountableError(`found no controllers for pod "${name}"`);
    return scale;
  };
}

function scaleAt(find: FindObject, reference: OwnerReference, namespace: string): Scale | undefined {
  const kind = kindOf(reference.apiVersion, reference.kind ?? "");
  if (kind === undefined) throw new UncountableError(`no matches for kind "${reference.kind}" in version "${reference.apiVersion}"`);
  if (kind.scale === undefined) {
    throw new UncountableError(`${qualifiedResource(kind.group, kind.plural)} does not implement the scale subresource`);
  }
  const object = find(kind, { namespace, name: reference.name ?? "" });
  if (object === undefined || object.metadata.uid !== reference.uid) return undefined;
  return scaleAbove(find, object) ?? { uid: object.metadata.uid, replicas: kind.scale.read(object) };
}

function scaleAbove(find: FindObject, object: Whole<ApiObject>): Scale | undefined {
  const above = controllerOf(object);
  if (above === undefined || kindOf(above.apiVersion, above.kind ?? "")?.scale === undefined) return undefined;
  return scaleAt(find, above, object.metadata.namespace);
}
