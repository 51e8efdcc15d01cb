/** How narrow a column may be, and how many blanks follow its widest cell. */
export interface TableLayout {
  readonly minWidth: number;
  readonly padding: number;
}

/** kubectl's layout of `get`. */
const getLayout: TableLayout = { minWidth: 6, padding: 3 };

/**
 * Lays out rows in columns, the last not padded. Widths are remembered, so that rows printed later line up with those
 * before as far as they can.
 */
export class TableWriter {
  private readonly widths: number[] = [];

  constructor(private readonly layout: TableLayout = getLayout) {}

  /** The rows as lines. */
  format(rows: readonly (readonly string[])[]): string[] {
    const { minWidth, padding } = this.layout;
    for (const row of rows) {
      row.forEach((cell, column) => {
        this.widths[column] = Math.max(this.widths[column] ?? minWidth, visibleLength(cell) + padding);
      });
    }
    return rows.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : this.pad(cell, column))).join(""));
  }

  private pad(cell: string, column: number): string {
    return cell + " ".repeat(Math.max(0, (this.widths[column] ?? 0) - visibleLength(cell)));
  }
}

/** Length in code points: what a terminal shows of the text that appears here. */
function visibleLength(text: string): number {
  return [...text].length;
}
