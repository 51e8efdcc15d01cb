import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { timeFromMs, timeToMs } from "../../api/values/time.js";
import type { DeleteOptions } from "../../gen/howbernetes/meta/v1/options.js";
import { propagationPolicyOf } from "./delete-options.js";

/** Finalizer with which the garbage collector is asked to detach an object's dependents before it goes. */
const orphanFinalizer = "orphan";
/** Finalizer with which the garbage collector is asked to delete an object's dependents before it goes. */
const foregroundFinalizer = "foregroundDeletion";

/** What a deletion does to an object now. */
export type DeletePlan<T extends ApiObject> =
  /** It goes at once. */
  | { readonly step: "remove" }
  /** It is marked, and goes when what holds it lets go. */
  | { readonly step: "mark"; readonly marked: Whole<T> }
  /** It is on its way already. */
  | { readonly step: "wait" };

/**
 * Decides what deleting an object comes to. `draft` is a copy of the object that the plan may change and hand back; the
 * options have been checked.
 */
export function planDelete<T extends ApiObject>(kind: Kind<T>, draft: Whole<T>, options: DeleteOptions, nowMs: number): DeletePlan<T> {
  const { metadata } = draft;
  const before = JSON.stringify([metadata.finalizers, metadata.deletionTimestamp, metadata.deletionGracePeriodSeconds]);
  metadata.finalizers = finalizersFor(metadata.finalizers, options);
  const graceSeconds = Math.max(0, kind.graceOnDelete?.(draft, requestedGrace(options)) ?? 0);
  if (metadata.deletionTimestamp === undefined) {
    metadata.deletionTimestamp = timeFromMs(nowMs + graceSeconds * 1_000);
    metadata.deletionGracePeriodSeconds = graceSeconds;
    if (metadata.generation !== undefined) metadata.generation += 1;
    kind.prepareForDelete?.(draft);
  } else {
    shorten(draft, graceSeconds);
  }
  if (isFinished(kind, draft)) return { step: "remove" };
  const after = JSON.stringify([metadata.finalizers, metadata.deletionTimestamp, metadata.deletionGracePeriodSeconds]);
  return before === after ? { step: "wait" } : { step: "mark", marked: draft };
}

/** A negative grace period means "as short as it gets"; 0 would mean without waiting for anyone. */
function requestedGrace({ gracePeriodSeconds }: DeleteOptions): number | undefined {
  return gracePeriodSeconds !== undefined && gracePeriodSeconds < 0 ? 1 : gracePeriodSeconds;
}

/** Whether an object is marked for deletion and nothing holds it any more: no grace, no finalizer, nothing of its kind. */
export function isFinished<T extends ApiObject>(kind: Kind<T>, object: Whole<T>): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds, finalizers } = object.metadata;
  return (
    deletionTimestamp !== undefined && (deletionGracePeriodSeconds ?? 0) === 0 && finalizers.length === 0 && kind.isHeld?.(object) !== true
  );
}

/** A later deletion may bring the end nearer, never put it off. */
function shorten({ metadata }: Whole<ApiObject>, graceSeconds: number): void {
  const present = metadata.deletionGracePeriodSeconds ?? 0;
  if (graceSeconds >= present) return;
  const began = (timeToMs(metadata.deletionTimestamp) ?? 0) - present * 1_000;
  metadata.deletionTimestamp = timeFromMs(began + graceSeconds * 1_000);
  metadata.deletionGracePeriodSeconds = graceSeconds;
}

function finalizersFor(present: readonly string[], options: DeleteOptions): string[] {
  const policy = propagationPolicyOf(options);
  if (policy === undefined) return [...present];
  const others = present.filter((finalizer) => finalizer !== orphanFinalizer && finalizer !== foregroundFinalizer);
  if (policy === "Background") return others;
  return [...others, policy === "Orphan" ? orphanFinalizer : foregroundFinalizer];
}
