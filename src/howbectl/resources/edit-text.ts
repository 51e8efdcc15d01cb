import type { Json, JsonObject } from "../../api/codec/json-values.js";
import { parseYaml, YamlError } from "../../api/codec/yaml.js";
import { isObject, listAt } from "../manifests/json-fields.js";
import { formatJson } from "../printers/object-format.js";

/** Why an object was not taken, for the top of the file that is edited again. */
export interface EditProblem {
  /** As `pods "web" was not valid`. */
  readonly head: string;
  readonly details: readonly string[];
}

const instructions = [
  "Please edit the object below. Lines that begin with '#' are ignored,",
  "and an empty file cancels the edit. Should the change be refused, this file",
  "is opened again with the reasons at its top.",
];

/** The comment at the top of the file. */
export function editHeader(problems: readonly EditProblem[]): string {
  const reasons = problems.flatMap(({ head, details }) => [`${head}:`, ...details.map((detail) => `* ${detail}`), ""]);
  const lines = [...instructions, "", ...reasons].flatMap((line) => line.split("\n"));
  return `${lines.map((line) => `# ${line}`.trimEnd()).join("\n")}\n`;
}

/** The text without its comment lines. */
export function withoutComments(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.startsWith("#"))
    .join("\n");
}

/** Objects as text to be edited: one as it is, several as a List. */
export function editText(format: "yaml" | "json", objects: readonly JsonObject[]): string {
  const [first, ...others] = objects;
  const document = first !== undefined && others.length === 0 ? first : { apiVersion: "v1", items: objects, kind: "List", metadata: {} };
  return `${formatJson(format, document, true)}\n`;
}

/**
 * Reads objects back from what was edited.
 *
 * @returns the objects, or why there are none
 */
export function parseEdited(text: string): { readonly objects: readonly JsonObject[] } | { readonly problem: EditProblem } {
  try {
    const value = parseYaml(text);
    return { objects: objectsIn(value) };
  } catch (error: unknown) {
    if (!(error instanceof YamlError)) throw error;
    return { problem: { head: "The edited file had a syntax error", details: [`line ${error.line}: ${error.message}`] } };
  }
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  if (!isObject(value)) return [];
  return value.kind === "List" ? listAt(value, "items").filter(isObject) : [value];
}
