import { layOutTabs } from "../tab-writer.js";

/** A line as cells; all but the last stand in columns. */
type Row = readonly string[];

const indentation = "  ";

/** A description in kubectl's layout: labels with values in one column, and indented blocks under labels. */
export class Description {
  private readonly rows: Row[] = [];

  /** `Label:   value`; further values stand under the first. */
  field(label: string, ...values: readonly string[]): this {
    const [first = "", ...others] = values.length === 0 ? ["<none>"] : values;
    this.rows.push([`${label}:`, first], ...others.map((value) => ["", value]));
    return this;
  }

  /** As `field`, unless there is nothing to say. */
  fieldIfAny(label: string, value: string | undefined): this {
    return value === undefined || value === "" ? this : this.field(label, value);
  }

  /** A label of its own line, and under it what `fill` writes, `margin` further in. */
  block(label: string, fill: (body: Description) => void, margin = indentation): this {
    const body = new Description();
    fill(body);
    const inner = body.rows.map(([first = "", ...others]) => [first === "" ? first : margin + first, ...others]);
    this.rows.push([`${label}:`], ...inner);
    return this;
  }

  /** A label over a table with dashes under its headers, or `Label:   <none>`. */
  table(label: string, headers: readonly string[], rows: readonly (readonly string[])[]): this {
    if (rows.length === 0) return this.field(label, "<none>");
    const dashes = headers.map((header) => "-".repeat(header.length));
    return this.block(label, (body) => body.cells([headers, dashes, ...rows]));
  }

  /** Lines of cells in columns. */
  cells(rows: readonly Row[]): this {
    this.rows.push(...rows);
    return this;
  }

  /** Lines as they are. */
  plain(lines: readonly string[]): this {
    this.rows.push(...lines.map((line) => [line]));
    return this;
  }

  /** The description as kubectl prints a part of one: its columns are not laid out, but cells are set apart by tabs. */
  tabbedLines(): string[] {
    return this.rows.map((row) => row.join("\t"));
  }

  /** The description as lines. */
  lines(): string[] {
    return layOutTabs(this.rows, { minWidth: 0, padding: 2 }).map((line) => line.trimEnd());
  }
}
