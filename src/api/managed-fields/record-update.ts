import type { ManagedFieldsEntry } from "../../gen/howbernetes/meta/v1/meta.js";
import { compareMessages, isSame } from "./compare.js";
import { difference, emptyFieldSet, union } from "./field-set.js";
import {
  capUpdateManagers,
  formatManagers,
  isManager,
  managerOf,
  parseManagers,
  type Writer,
  withFields,
  without,
  withTime,
} from "./managers.js";

/** A write that has been merged already: a create, an update or a patch. */
export interface UpdateRecord {
  readonly typeName: string;
  readonly before: object;
  readonly after: object;
  /** metadata.managedFields before the write. */
  readonly entries: readonly ManagedFieldsEntry[];
  readonly writer: Writer;
  readonly nowMs: number;
}

/**
 * metadata.managedFields after a write: the writer owns what it changed, and nobody else does any longer; what it removed
 * is nobody's. A write that changes nothing, or nothing that can be owned, changes no entry.
 * @throws SyntaxError when the entries are unreadable
 */
export function recordUpdate({ typeName, before, after, entries, writer, nowMs }: UpdateRecord): ManagedFieldsEntry[] {
  const comparison = compareMessages(typeName, before, after);
  if (isSame(comparison)) return [...entries];
  const managers = parseManagers(entries);
  const changed = union(comparison.added, comparison.modified);
  const known = managers.find((manager) => isManager(manager, writer));
  const others = managers.filter((manager) => manager !== known).map((manager) => without(manager, changed, comparison.removed));
  const own = difference(union(known?.fields ?? emptyFieldSet, changed), comparison.removed);
  const kept = others.filter(({ fields }) => fields.size > 0);
  if (own.size === 0) return formatManagers(capUpdateManagers(kept));
  if (known === undefined) return formatManagers(capUpdateManagers([...kept, managerOf(writer, own, nowMs)]));
  const self = withFields(known, own);
  return formatManagers([...kept, changed.size === 0 ? self : withTime(self, nowMs)]);
}
