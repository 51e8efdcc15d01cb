import type { Column, Kind } from "../../api/kinds/kind.js";
import type { ApiObject, Whole } from "../../api/object.js";
import { qualifiedName } from "../resources/kind-lookup.js";
import { TableWriter } from "./table.js";

/** What a table of objects shows. */
export interface TableOptions {
  readonly wide: boolean;
  readonly headers: boolean;
  /** A first column NAMESPACE. */
  readonly namespaces: boolean;
  /** A last column LABELS. */
  readonly labels: boolean;
  /** A column for each of these labels, before LABELS. */
  readonly labelColumns?: readonly string[] | undefined;
  /** "kind/name" in NAME. */
  readonly kinds: boolean;
  /** A first column EVENT. */
  readonly events?: boolean;
}

/** What a row shows: an object, and with `events` what has happened to it. */
export interface TableRow {
  readonly object: Whole<ApiObject>;
  readonly type?: string;
}

/** Prints objects of one kind, in one go or as they change; the header comes once, before the first row. */
export class ObjectTable {
  private readonly writer = new TableWriter();
  private readonly columns: readonly Column<ApiObject>[];
  private headerDue: boolean;

  constructor(
    private readonly kind: Kind,
    private readonly options: TableOptions,
  ) {
    this.headerDue = options.headers;
    this.columns = kind.columns.filter((column) => column.wide !== true || options.wide);
  }

  /** The lines for these objects. */
  rows(entries: readonly TableRow[], nowMs: number): string[] {
    const rows = entries.map((entry) => this.cells(entry, nowMs));
    if (this.headerDue && rows.length > 0) {
      this.headerDue = false;
      rows.unshift(this.header());
    }
    return this.writer.format(rows);
  }

  private header(): string[] {
    const names = this.columns.map((column) => column.name);
    const { events = false, namespaces, labels, labelColumns = [] } = this.options;
    const chosen = labelColumns.map((key) => key.slice(key.lastIndexOf("/") + 1).toUpperCase());
    return [...(events ? ["EVENT"] : []), ...(namespaces ? ["NAMESPACE"] : []), ...names, ...chosen, ...(labels ? ["LABELS"] : [])];
  }

  private cells({ object, type = "" }: TableRow, nowMs: number): string[] {
    const cells = this.columns.map((column) => {
      const text = column.cell(object, nowMs);
      return column.name === "NAME" && this.options.kinds ? qualifiedName(this.kind, text) : text;
    });
    return [
      ...(this.options.events === true ? [type.toUpperCase()] : []),
      ...(this.options.namespaces ? [object.metadata.namespace] : []),
      ...cells,
      ...(this.options.labelColumns ?? []).map((key) => object.metadata.labels[key] ?? ""),
      ...(this.options.labels ? [formatLabels(object.metadata.labels)] : []),
    ];
  }
}

/** "a=1,b=2" in key order, or "<none>". */
function formatLabels(labels: Readonly<Record<string, string>>): string {
  const entries = Object.entries(labels).sort(([left], [right]) => (left < right ? -1 : 1));
  return entries.length === 0 ? "<none>" : entries.map(([key, value]) => `${key}=${value}`).join(",");
}
