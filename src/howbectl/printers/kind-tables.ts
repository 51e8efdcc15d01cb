import type { Kind } from "../../api/kinds/kind.js";
import type { KindObject } from "./object-format.js";
import { ObjectTable, type TableOptions } from "./object-table.js";

/** Tables of objects, one for each run of objects of a kind, with a blank line between tables. */
export function formatKindTables(items: readonly KindObject[], options: TableOptions, nowMs: number): string[] {
  return runsOfOneKind(items).flatMap(({ kind, objects }, index) => {
    const own = { ...options, namespaces: options.namespaces && kind.namespaced };
    const lines = new ObjectTable(kind, own).rows(objects, nowMs);
    return index === 0 ? lines : ["", ...lines];
  });
}

interface Run {
  readonly kind: Kind;
  readonly objects: KindObject["object"][];
}

function runsOfOneKind(items: readonly KindObject[]): Run[] {
  const runs: Run[] = [];
  for (const { kind, object } of items) {
    const last = runs.at(-1);
    if (last?.kind === kind) last.objects.push(object);
    else runs.push({ kind, objects: [object] });
  }
  return runs;
}
