import type { ApiObject, Whole } from "../../api/object.js";
import type { OwnerReference } from "../../gen/howbernetes/meta/v1/meta.js";

/** Keeps a deleted owner in being until what it owns, and what blocks its deletion, is gone. */
export const foregroundFinalizer = "foregroundDeletion";
/** Keeps a deleted owner in being until what it owns no longer refers to it. */
export const orphanFinalizer = "orphan";

/** What became of an owner. */
export type OwnerFate =
  /** It is there and stays. */
  | "solid"
  /** It is gone; another object may have its name. */
  | "gone"
  /** It is gone, and was deleted so that what it owns stays. */
  | "detached"
  /** It is being deleted and waits for what it owns to go first. */
  | "waiting"
  /** It can't be told: its kind is unknown, or it has a namespace and what it is said to own has none. */
  | "unknown";

/** An owner reference and what became of its owner. */
export interface JudgedReference {
  readonly reference: OwnerReference;
  readonly fate: OwnerFate;
}

type Propagation = "Foreground" | "Background" | "Orphan";

/** What to do with an object because of its owners. */
export type OwnedPlan =
  | { readonly kind: "keep" }
  /** It outlives these. */
  | { readonly kind: "dropReferences"; readonly uids: ReadonlySet<string> }
  /** It owns an object that owns it, and each would wait for the other: this one is not waited for, and goes. */
  | { readonly kind: "unblock"; readonly uids: ReadonlySet<string> }
  | { readonly kind: "delete"; readonly propagation: Propagation };

/** An object that depends on another, as far as it matters here. */
export interface Dependent {
  readonly object: Whole<ApiObject>;
  /** It refuses to be left behind: its owner's foreground deletion waits for it. */
  readonly blocks: boolean;
}

/** What an object itself owns. */
export interface Standing {
  readonly ownsSomething: boolean;
  /** One of its owners cannot go before it, and it cannot go before that owner. */
  readonly isInCircle: boolean;
}

/**
 * Decides over an object by what became of its owners, by Kubernetes' rules: one owner that stays keeps it; an owner that
 * can't be told has it left alone.
 */
export function planOwned(object: Whole<ApiObject>, references: readonly JudgedReference[], standing: Standing): OwnedPlan {
  if (object.metadata.deletionTimestamp !== undefined && !isWaiting(object)) return { kind: "keep" };
  const uidsOf = (...fates: OwnerFate[]): ReadonlySet<string> =>
    new Set(references.filter(({ fate }) => fates.includes(fate)).map(({ reference }) => reference.uid ?? ""));
  const going = uidsOf("gone", "detached", "waiting");
  if (going.size === 0 || uidsOf("unknown").size > 0) return { kind: "keep" };
  if (uidsOf("solid").size > 0) return dropUnlessGoing(object, going);
  const detached = uidsOf("detached");
  // What is left of its references then is looked at anew.
  if (detached.size > 0) return dropUnlessGoing(object, detached);
  const waiting = uidsOf("waiting");
  if (waiting.size > 0 && standing.ownsSomething) {
    return standing.isInCircle ? { kind: "unblock", uids: waiting } : deleteUnlessGoing(object, "Foreground");
  }
  return deleteUnlessGoing(object, propagationOf(object));
}

function dropUnlessGoing({ metadata }: Whole<ApiObject>, uids: ReadonlySet<string>): OwnedPlan {
  return metadata.deletionTimestamp === undefined ? { kind: "dropReferences", uids } : { kind: "keep" };
}

function deleteUnlessGoing({ metadata }: Whole<ApiObject>, propagation: Propagation): OwnedPlan {
  return metadata.deletionTimestamp === undefined ? { kind: "delete", propagation } : { kind: "keep" };
}

/** An object that was itself told how to go keeps to it. */
function propagationOf({ metadata }: Whole<ApiObject>): Propagation {
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

/** Whether an object is being deleted and something is to be done first about what it owns. */
export function isHeldBack({ metadata }: Whole<ApiObject>): boolean {
  const { deletionTimestamp, finalizers } = metadata;
  return deletionTimestamp !== undefined && (finalizers.includes(foregroundFinalizer) || finalizers.includes(orphanFinalizer));
}
