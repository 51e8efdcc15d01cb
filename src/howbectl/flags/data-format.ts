import { UsageError } from "../usage-error.js";

/** How what is no object of a kind is printed for programs. */
export type DataFormat = "json" | "yaml";

/** Reads `-o` of commands that print a report. @throws UsageError for any other format */
export function parseDataFormat(format: string): DataFormat {
  if (format === "json" || format === "yaml") return format;
  throw new UsageError(`unable to match a printer suitable for the output format "${format}", allowed formats are: json,yaml`);
}
