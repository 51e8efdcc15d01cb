import type { ExplainedField, ExplainResponse } from "../../gen/howbernetes/api/v1/discovery.js";

/** Columns that a description may take. */
const descriptionWidth = 76;

/** What is known of a kind or a field, in kubectl's layout. */
export function formatExplanation(answer: ExplainResponse, recursive: boolean): string[] {
  const { group, version, kind, field, type, description, typeDescription, required, fields } = answer;
  const head = [...(group === "" ? [] : [["GROUP", group]]), ["KIND", kind], ["VERSION", version]];
  const about = field === "" ? [] : [`FIELD: ${field} ${type}${required ? " -required-" : ""}`, "", ""];
  // A field may be described in the words of its type: they are said once.
  const texts = [...new Set([description, typeDescription])].filter((text) => text !== "");
  const lines = texts.length === 0 ? ["<empty>"] : texts.flatMap((text) => wrapText(text, descriptionWidth));
  return [
    ...head.map(([label = "", value = ""]) => `${`${label}:`.padEnd(12)}${value}`),
    "",
    ...about,
    "DESCRIPTION:",
    ...lines.map((line) => `    ${line}`),
    "    ",
    ...(fields.length === 0 ? [] : ["FIELDS:", ...fields.flatMap((inner) => fieldLines(inner, recursive, 1))]),
    "",
  ];
}

function fieldLines(field: ExplainedField, recursive: boolean, level: number): string[] {
  const { name, type, description, required, fields } = field;
  const head = `${"  ".repeat(level)}${name}\t${type}${required ? " -required-" : ""}`;
  if (recursive) return [head, ...fields.flatMap((inner) => fieldLines(inner, recursive, level + 1))];
  const text = description === "" ? "<no description>" : description;
  return [head, ...wrapText(text, descriptionWidth).map((line) => `    ${line}`), ""];
}

/** Breaks a text into lines of at most so many columns, at blanks; its own line breaks stay. */
export function wrapText(text: string, width: number): string[] {
  return text.split("\n").flatMap((paragraph) => {
    const lines: string[] = [];
    let line = "";
    for (const word of paragraph.split(" ").filter((part) => part !== "")) {
      if (line !== "" && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    return [...lines, line];
  });
}
