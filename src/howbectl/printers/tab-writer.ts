/** How cells stand to one another. */
export interface TabLayout {
  readonly minWidth: number;
  readonly padding: number;
}

/**
 * Lays out lines of cells as Go's text/tabwriter does, with which kubectl writes descriptions: cells that end with a tab
 * stand in a column with those of the lines directly above and below, as long as these have such a cell. A line's last
 * cell ends with the line and widens nothing.
 */
export function layOutTabs(lines: readonly (readonly string[])[], { minWidth, padding }: TabLayout): string[] {
  const printed: string[] = [];
  const format = (from: number, to: number, widths: readonly number[]): void => {
    const column = widths.length;
    let start = from;
    for (let index = from; index < to; index += 1) {
      if (!hasTab(lines[index], column)) continue;
      for (const line of lines.slice(start, index)) printed.push(padded(line, widths));
      let end = index;
      let width = minWidth;
      for (; end < to && hasTab(lines[end], column); end += 1) width = Math.max(width, lengthOf(lines[end]?.[column]) + padding);
      format(index, end, [...widths, width]);
      start = end;
      index = end - 1;
    }
    for (const line of lines.slice(start, to)) printed.push(padded(line, widths));
  };
  format(0, lines.length, []);
  return printed;
}

const hasTab = (line: readonly string[] | undefined, column: number): boolean => line !== undefined && column < line.length - 1;

const lengthOf = (cell: string | undefined): number => [...(cell ?? "")].length;

function padded(line: readonly string[], widths: readonly number[]): string {
  return line.map((cell, column) => (column < line.length - 1 ? cell + " ".repeat((widths[column] ?? 0) - lengthOf(cell)) : cell)).join("");
}
