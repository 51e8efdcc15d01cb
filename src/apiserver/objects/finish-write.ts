import type { Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";

/** Who writes, when, and to what. */
export interface WriteContext {
  /** Who is answerable for the fields set; "" where the caller named no one. */
  readonly fieldManager: string;
  /** "" for the object itself. */
  readonly subresource: string;
  readonly nowMs: number;
}

/** The writes of the system itself, which nobody is answerable for. */
export function systemWrite(nowMs: number): WriteContext {
  return { fieldManager: "", subresource: "", nowMs };
}

/**
 * Finishes the result of a write, whichever it was. Every write passes here once its result is known (defaults,
 * admission's additions, generation) and before it is judged. `previous` is absent for a new object. What a client sent
 * in metadata.managedFields is still in the draft.
 */
export function finishWrite<T extends ApiObject>(
  _kind: Kind<T>,
  draft: Whole<T>,
  previous: Whole<T> | undefined,
  _context: WriteContext,
): void {
  draft.metadata.managedFields = structuredClone(previous?.metadata.managedFields ?? []);
}
