import type { ManagedFieldsEntry } from "../../gen/howbernetes/meta/v1/meta.js";
import { compareMessages, isSame } from "./compare.js";
import { union } from "./field-set.js";
import { capUpdateManagers, formatManagers, isManager, type Manager, managerOf, parseManagers, type Writer, without } from "./managers.js";

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
  const changed = union(comparison.added, comparison.modified);
  const managers = parseManagers(entries).map((manager) => without(manager, changed, comparison.removed));
  return formatManagers(capUpdateManagers(changed.size === 0 ? managers : taken(managers, writer, { changed, nowMs })));
}

function taken(
  managers: readonly Manager[],
  writer: Writer,
  { changed, nowMs }: { readonly changed: Manager["fields"]; readonly nowMs: number },
): Manager[] {
  const known = managers.find((manager) => isManager(manager, writer));
  const own = managerOf(writer, known === undefined ? changed : union(known.fields, changed), nowMs);
  return [...managers.filter((manager) => manager !== known && manager.fields.size > 0), own];
}
