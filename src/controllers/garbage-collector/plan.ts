import type { ApiObject, Whole } from "../../api/object.js";
import type { OwnerReference } from "../../gen/howbernetes/meta/v1/meta.js";

/** Keeps a deleted owner in being until what it owns, and what blocks its deletion, is gone. */
export const foregroundFinalizer = "foregroundDeletion";
/** Keeps a deleted owner in being until what it owns no longer refers to it. */
export const orphanFinalizer = "orphan";

/** What became of an owner. */
export type OwnerFate =
  /** It is there and stays, or it can't be told. */
  | "solid"
  /** It is gone; another object may have its name. */
  | "gone"
  /** It is being deleted and waits for what it owns to go first. */
  | "waiting";

/** An owner reference and what became of its owner. */
export interface JudgedReference {
  readonly reference: OwnerReference;
  readonly fate: OwnerFate;
}

/** What to do with an object because of its owners. */
export type OwnedPlan =
  | { readonly kind: "keep" }
  /** It has other owners that stay: it outlives these. */
  | { readonly kind: "dropReferences"; readonly uids: ReadonlySet<string> }
  /** It owns an object that owns it: one of the two must not wait for the other. */
  | { readonly kind: "unblock"; readonly uids: ReadonlySet<string> }
  | { readonly kind: "delete"; readonly propagation: "Foreground" | "Background" | "Orphan" };

/** An object that depends on another, as far as it matters here. */
export interface Dependent {
  readonly object: Whole<ApiObject>;
  /** It refuses to be left behind: its owner's foreground deletion waits for it. */
  readonly blocks: boolean;
}

/** Decides over an object by what became of its owners, by Kubernetes' rules. */
export function planOwned(object: Whole<ApiObject>, references: readonly JudgedReference[], dependents: readonly Dependent[]): OwnedPlan {
  if (object.metadata.deletionTimestamp !== undefined && !isWaiting(object)) return { kind: "keep" };
  const uidsOf = (...fates: OwnerFate[]): ReadonlySet<string> =>
    new Set(references.filter(({ fate }) => fates.includes(fate)).map(({ reference }) => reference.uid ?? ""));
  const solid = uidsOf("solid");
  const going = uidsOf("gone", "waiting");
  const waiting = uidsOf("waiting");
  if (references.length === 0 || going.size === 0) return { kind: "keep" };
  if (solid.size > 0) return object.metadata.deletionTimestamp === undefined ? { kind: "dropReferences", uids: going } : { kind: "keep" };
  if (waiting.size > 0 && dependents.length > 0) {
    const blocking = references.some(({ fate, reference }) => fate === "waiting" && reference.blockOwnerDeletion === true);
    if (blocking && dependents.some((dependent) => isWaiting(dependent.object))) return { kind: "unblock", uids: waiting };
    return deleteUnlessGoing(object, "Foreground");
  }
  return deleteUnlessGoing(object, propagationOf(object));
}

function deleteUnlessGoing({ metadata }: Whole<ApiObject>, propagation: "Foreground" | "Background" | "Orphan"): OwnedPlan {
  return metadata.deletionTimestamp === undefined ? { kind: "delete", propagation } : { kind: "keep" };
}

/** An object that was itself told how to go keeps to it. */
function propagationOf({ metadata }: Whole<ApiObject>): "Foreground" | "Background" | "Orphan" {
  if (metadata.finalizers.includes(orphanFinalizer)) return "Orphan";
  return metadata.finalizers.includes(foregroundFinalizer) ? "Foreground" : "Background";
}

/** What a deleted owner still has to see to. */
export type OwnerPlan =
  | { readonly kind: "none" }
  /** Take its reference from its dependents, then let it go. */
  | { readonly kind: "orphan" }
  /** Nothing is left that blocks its deletion: let it go. */
  | { readonly kind: "release" };

/** Decides what a deleted owner's finalizers ask for. */
export function planOwner(owner: Whole<ApiObject>, dependents: readonly Dependent[]): OwnerPlan {
  const { deletionTimestamp, finalizers } = owner.metadata;
  if (deletionTimestamp === undefined) return { kind: "none" };
  if (finalizers.includes(orphanFinalizer)) return { kind: "orphan" };
  // Its dependents are deleted on their own account: each of them sees that it waits.
  const isFree = finalizers.includes(foregroundFinalizer) && dependents.every(({ blocks }) => !blocks);
  return { kind: isFree ? "release" : "none" };
}

/** Whether an object is being deleted and waits for what it owns. */
export function isWaiting({ metadata }: Whole<ApiObject>): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.finalizers.includes(foregroundFinalizer);
}
