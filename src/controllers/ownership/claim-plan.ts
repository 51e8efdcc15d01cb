import type { ApiObject, Whole } from "../../api/object.js";
import type { LabelSelector } from "../../api/selectors/label-selector.js";
import { controllerOf } from "./owner-reference.js";

/** What an owner does about the objects that it might control. */
export interface ClaimPlan<T extends ApiObject> {
  /** Controlled already, and to be kept. */
  readonly owned: readonly Whole<T>[];
  /** Without controller, and matched: to be taken. */
  readonly adopt: readonly Whole<T>[];
  /** Controlled, but no longer matched: to be given up. */
  readonly release: readonly Whole<T>[];
}

/**
 * Sorts candidates by Kubernetes' rules: what another owner controls is left alone, whatever its labels; an owner that
 * is going, or an object that is going, changes no bonds.
 */
export function planClaims<T extends ApiObject>(
  owner: Whole<ApiObject>,
  selector: LabelSelector,
  candidates: readonly Whole<T>[],
): ClaimPlan<T> {
  const owned: Whole<T>[] = [];
  const adopt: Whole<T>[] = [];
  const release: Whole<T>[] = [];
  const ownerStays = owner.metadata.deletionTimestamp === undefined;
  for (const object of candidates) {
    // That an owner of another namespace is referred to makes it none: the garbage collector sees to the object.
    if (object.metadata.namespace !== owner.metadata.namespace) continue;
    const controller = controllerOf(object);
    const matches = selector.matches(object.metadata.labels);
    const stays = object.metadata.deletionTimestamp === undefined;
    if (controller?.uid === owner.metadata.uid) {
      if (matches || !ownerStays) owned.push(object);
      else release.push(object);
    } else if (controller === undefined && matches && stays && ownerStays) {
      adopt.push(object);
    }
  }
  return { owned, adopt, release };
}
