import { conflict, isConflict, isNotFound } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { type ApiObject, keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import type { DeleteOptions } from "../../gen/howbernetes/meta/v1/options.js";
import type { CachedObject } from "../../storage/cacher/interface.js";
import type { Guard } from "../../storage/interface.js";
import type { ObjectStore } from "../object-store.js";
import { type DeletePlan, isFinished, planDelete } from "./plan-delete.js";
import { contentSubjectOf } from "./subject.js";

export interface DeleteRequestOptions {
  readonly options: DeleteOptions;
  readonly nowMs: number;
  readonly guards: readonly Guard[];
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  /** Sees the object before anything happens to it, and throws to refuse. */
  readonly check: (current: Whole<ApiObject>) => void;
}

/** What became of a deletion. */
export interface Deleted<T extends ApiObject> {
  /** The object as it was last, or as it is now. */
  readonly object: CachedObject<T>;
  /** It is gone. */
  readonly deleted: boolean;
}

/**
 * Deletes an object, or marks it for deletion, as `planDelete` decides; decides anew when another write comes between.
 * @throws ApiError NotFound, Conflict when a precondition does not hold
 */
export async function deleteObject<T extends ApiObject>(
  objects: ObjectStore,
  kind: Kind<T>,
  key: ObjectKey,
  request: DeleteRequestOptions,
): Promise<Deleted<T>> {
  const { options, nowMs, check, ...rest } = request;
  for (let lost: { readonly revision: number; readonly error: unknown } | undefined; ; ) {
    let plan: DeletePlan<T> = { step: "wait" };
    const object = await objects.mutate(
      kind,
      key,
      (draft, current) => {
        check(current.object as unknown as Whole<ApiObject>);
        checkPreconditions(kind, current, options);
        plan = planDelete(kind, draft, options, nowMs);
        return plan.step === "mark";
      },
      rest,
    );
    if ((plan as DeletePlan<T>).step !== "remove") return { object, deleted: false };
    // Refused twice at one revision, it was not another write that came between but a guard that does not hold.
    if (lost?.revision === object.revision) throw lost.error;
    try {
      return { object: await removeUnchanged(objects, kind, object, rest), deleted: true };
    } catch (error: unknown) {
      if (!isConflict(error)) throw error;
      lost = { revision: object.revision, error };
    }
  }
}

/**
 * Removes an object that a write has just left with nothing to wait for.
 * @returns the object as it was last, or undefined when it stays: whoever wrote in between sees to it
 */
export async function removeWhenFinished<T extends ApiObject>(
  objects: ObjectStore,
  kind: Kind<T>,
  object: CachedObject<T>,
  rest: RemovalOptions,
): Promise<CachedObject<T> | undefined> {
  // On a dry run the object as it would be last is the one at hand: the store has another.
  if (rest.dryRun || !isFinished(kind, object.object)) return undefined;
  try {
    return await removeUnchanged(objects, kind, object, rest);
  } catch (error: unknown) {
    if (isConflict(error) || isNotFound(error)) return undefined;
    throw error;
  }
}

type RemovalOptions = Pick<DeleteRequestOptions, "guards" | "dryRun" | "signal">;

function removeUnchanged<T extends ApiObject>(
  objects: ObjectStore,
  kind: Kind<T>,
  { object, revision }: CachedObject<T>,
  { guards, dryRun, signal }: RemovalOptions,
): Promise<CachedObject<T>> {
  const { uid } = object.metadata;
  return objects.remove(kind, keyOf(object), { guards, dryRun, signal, uid, ifResourceVersion: String(revision) });
}

/** @throws ApiError Conflict when the object is not the one that is meant */
export function checkPreconditions<T extends ApiObject>(
  kind: Kind<T>,
  { object, revision }: CachedObject<T>,
  options: DeleteOptions,
): void {
  const { uid = "", resourceVersion = "" } = options.preconditions ?? {};
  const { metadata } = object;
  const subject = contentSubjectOf(kind, metadata.name);
  if (uid !== "" && uid !== metadata.uid) {
    const difference = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid})`;
    throw conflict(subject, `${difference}. The object might have been deleted and then recreated`);
  }
  if (resourceVersion !== "" && resourceVersion !== String(revision)) {
    const difference = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${revision})`;
    throw conflict(subject, `${difference}. The object might have been modified`);
  }
}
