import { apiVersionOf } from "../../api/codec/json.js";
import { makeWhole } from "../../api/codec/whole.js";
import type { Kind } from "../../api/kinds/kind.js";
import { recordUpdate } from "../../api/managed-fields/record-update.js";
import { sentEntries } from "../../api/managed-fields/sent-entries.js";
import type { ApiObject, Whole } from "../../api/object.js";
import type { ManagedFieldsEntry } from "../../gen/howbernetes/meta/v1/meta.js";

/** Who writes, when, and to what. */
export interface WriteContext {
  /** Who is answerable for the fields set; "" for the system itself, which owns nothing. */
  readonly fieldManager: string;
  /** "" for the object itself. */
  readonly subresource: string;
  readonly nowMs: number;
  /** Who owns what afterwards, where that is known already: server-side apply decides it with what it merges. */
  readonly managedFields?: readonly ManagedFieldsEntry[] | undefined;
}

/** The writes of the system itself, which nobody is answerable for. */
export function systemWrite(nowMs: number): WriteContext {
  return { fieldManager: "", subresource: "", nowMs };
}

/**
 * Finishes the result of a write, whichever it was: records who owns what it set. Every write passes here once its result
 * is known (defaults, admission's additions, generation) and before it is judged. `previous` is absent for a new object.
 * What a client sent in metadata.managedFields is still in the draft.
 */
export function finishWrite<T extends ApiObject>(
  kind: Kind<T>,
  draft: Whole<T>,
  previous: Whole<T> | undefined,
  context: WriteContext,
): void {
  draft.metadata.managedFields = [...ownersAfter(kind, draft, previous, context)];
}

function ownersAfter<T extends ApiObject>(
  kind: Kind<T>,
  draft: Whole<T>,
  previous: Whole<T> | undefined,
  { fieldManager: manager, subresource, nowMs, managedFields }: WriteContext,
): readonly ManagedFieldsEntry[] {
  if (managedFields !== undefined) return managedFields;
  const entries = previous === undefined ? [] : sentEntries(draft.metadata.managedFields, previous.metadata.managedFields);
  // An object whose owners are not recorded stays so until it is applied to: what they were is not known any more.
  const isRecorded = previous === undefined ? kind.ownersFromFirstApply !== true : entries.length > 0;
  if (manager === "" || !isRecorded) return entries;
  const writer = { manager, operation: "Update", apiVersion: apiVersionOf(kind), subresource } as const;
  return recordUpdate({ typeName: kind.typeName, before: previous ?? unborn(kind, draft), after: draft, entries, writer, nowMs });
}

/** Of each kind an object with nothing in it: thousands of creations are compared with it. */
const nothings = new WeakMap<object, object>();

/** What an object was before it was created: nothing, but for its first status, which is not its creator's doing. */
function unborn<T extends ApiObject>(kind: Kind<T>, draft: Whole<T>): object {
  const nothing = nothings.get(kind) ?? makeWhole(kind, {});
  nothings.set(kind, nothing);
  const { status } = draft as { status?: unknown };
  return kind.hasStatus ? { ...nothing, status } : nothing;
}
