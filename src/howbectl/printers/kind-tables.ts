import type { Kind } from "../../api/kinds/kind.js";
import type { KindObject } from "./object-format.js";
import { ObjectTable, type TableOptions } from "./object-table.js";

/** Tables of objects, one for each run of objects of a kind, with a blank line between tables. */
export function formatKindTables(items: readonly KindObject[], options: TableOptions, nowMs: number): string[] {
  return runsOfOneKind(items).flatMap(({ kind, rows }, index) => {
    const own = { ...options, namespaces: options.namespaces && kind.namespaced };
    const lines = new ObjectTable(kind, own).rows(rows, nowMs);
    return index === 0 ? lines : ["", ...lines];
  });
}

interface Run {
  readonly kind: Kind;
  readonly rows: KindObject[];
}

function runsOfOneKind(items: readonly KindObject[]): Run[] {
  const runs: Run[] = [];
  for (const item of items) {
    const last = runs.at(-1);
    if (last?.kind === item.kind) last.rows.push(item);
    else runs.push({ kind: item.kind, rows: [item] });
  }
  return runs;
}
