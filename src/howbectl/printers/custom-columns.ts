import { objectToJson } from "../../api/codec/json.js";
import { type JsonPath, jsonPathText, parseJsonPath } from "../resources/json-path.js";
import { UsageError } from "../usage-error.js";
import type { KindObject } from "./object-format.js";
import { TableWriter } from "./table.js";

interface CustomColumn {
  readonly header: string;
  readonly find: JsonPath;
}

/**
 * Reads the columns of `-o custom-columns=NAME:.metadata.name,IMAGE:.spec.containers[*].image`.
 *
 * @throws UsageError when it is none
 */
export function parseCustomColumns(text: string): readonly CustomColumn[] {
  if (text === "") throw new UsageError("custom-columns format specified but no custom columns given");
  return text.split(",").map((column) => {
    const colon = column.indexOf(":");
    if (colon < 0) throw new UsageError(`unexpected custom-columns spec: ${column}, expected <header>:<json-path-expr>`);
    return { header: column.slice(0, colon), find: parseJsonPath(column.slice(colon + 1)) };
  });
}

/** Makes the inline form of a file that holds a line of headers and, under it, a line of paths. */
export function customColumnsFromFile(text: string): string {
  const [headers = [], paths = []] = text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => line.trim().split(/\s+/));
  if (headers.length === 0 || headers.length !== paths.length) {
    throw new UsageError(`number of headers (${headers.length}) and field specifications (${paths.length}) don't match`);
  }
  return headers.map((header, index) => `${header}:${paths[index] ?? ""}`).join(",");
}

/** Prints objects, one after the other or all at once, under columns that a user chose. */
export class CustomColumnsTable {
  private readonly writer = new TableWriter();
  private readonly columns: readonly CustomColumn[];

  constructor(
    text: string,
    private headerDue: boolean,
  ) {
    this.columns = parseCustomColumns(text);
  }

  rows(items: readonly KindObject[]): string[] {
    const rows = items.map(({ kind, object }) => {
      const json = objectToJson(kind, object);
      return this.columns.map(({ find }) => find(json).map(jsonPathText).join(",") || "<none>");
    });
    if (this.headerDue) rows.unshift(this.columns.map(({ header }) => header));
    this.headerDue = false;
    return this.writer.format(rows);
  }
}
