import { TableWriter } from "../table.js";

type Part =
  | { readonly type: "field"; readonly label: string; readonly values: readonly string[] }
  | { readonly type: "block"; readonly label: string; readonly body: Description }
  | { readonly type: "lines"; readonly lines: readonly string[] };

const padding = 2;

/** A description in kubectl's layout: labels with values in one column, and indented blocks under labels. */
export class Description {
  private readonly parts: Part[] = [];

  /** `Label:   value`; further values stand under the first. */
  field(label: string, ...values: readonly string[]): this {
    this.parts.push({ type: "field", label, values });
    return this;
  }

  /** As `field`, unless there is nothing to say. */
  fieldIfAny(label: string, value: string | undefined): this {
    return value === undefined || value === "" ? this : this.field(label, value);
  }

  /** A label of its own line, and under it what `fill` writes. */
  block(label: string, fill: (body: Description) => void): this {
    const body = new Description();
    fill(body);
    this.parts.push({ type: "block", label, body });
    return this;
  }

  /** A label over a table with dashes under its headers, or `Label:   <none>`. */
  table(label: string, headers: readonly string[], rows: readonly (readonly string[])[]): this {
    if (rows.length === 0) return this.field(label, "<none>");
    const dashes = headers.map((header) => "-".repeat(header.length));
    const lines = new TableWriter({ minWidth: 0, padding }).format([headers, dashes, ...rows]);
    return this.block(label, (body) => body.plain(lines));
  }

  /** Lines as they are. */
  plain(lines: readonly string[]): this {
    this.parts.push({ type: "lines", lines });
    return this;
  }

  /** The description as lines. */
  lines(): string[] {
    const width = this.labelWidth();
    return this.parts.flatMap((part) => {
      if (part.type === "lines") return part.lines;
      if (part.type === "block") return [`${part.label}:`, ...part.body.lines().map((line) => `  ${line}`)];
      const [first = "", ...others] = part.values.length === 0 ? ["<none>"] : part.values;
      return [`${part.label}:`.padEnd(width) + first, ...others.map((value) => " ".repeat(width) + value)].map((line) => line.trimEnd());
    });
  }

  private labelWidth(): number {
    const lengths = this.parts.map((part) => (part.type === "field" ? part.label.length + 1 : 0));
    return Math.max(0, ...lengths) + padding;
  }
}
