import { parseCustomColumns } from "./custom-columns.js";
import { type ObjectFormat, parseObjectFormat } from "./object-format.js";

const customColumns = "custom-columns=";
const tables = ["custom-columns", "custom-columns-file", "wide"];

/** What `get -o` may ask for. */
export type GetOutput = ObjectFormat | "wide" | `${typeof customColumns}${string}`;

/** Reads `get -o`. @throws UsageError on what is no format */
export function parseGetOutput(text: string): GetOutput {
  if (text === "wide") return text;
  if (text !== "custom-columns" && !text.startsWith(customColumns)) return parseObjectFormat(text, tables);
  const columns = text.slice(customColumns.length);
  parseCustomColumns(columns);
  return `${customColumns}${columns}`;
}

/** The columns that `-o custom-columns=…` names, if it is that. */
export function customColumnsOf(output: GetOutput | undefined): string | undefined {
  return output?.startsWith(customColumns) === true ? output.slice(customColumns.length) : undefined;
}
