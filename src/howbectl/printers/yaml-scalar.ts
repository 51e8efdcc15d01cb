import type { Json } from "../../api/codec/json-values.js";
import { isPlainText } from "./yaml-plain.js";

/** Where a scalar stands: how far its further lines are indented, and at which column it begins; or it is a key. */
export type ScalarPlace = { readonly indent: number; readonly column: number } | "key";

/** Columns after which a long text is broken at the next blank. */
const bestWidth = 80;

/** Writes a scalar, or an empty list or object, as kubectl's YAML library does. */
export function yamlScalar(value: Json, place: ScalarPlace): string {
  if (typeof value === "string") return textScalar(value, place);
  if (typeof value === "number") return numberScalar(value);
  if (value === null || typeof value === "boolean") return String(value);
  return Array.isArray(value) ? "[]" : "{}";
}

/** Go's shortest form: exponents of two digits at least, and from 21 digits on (6 for fractions) an exponent. */
function numberScalar(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value);
  const [mantissa = "", exponent = "0"] = value.toExponential().split("e");
  const power = Number(exponent);
  if (power >= -4 && power < 21 && Math.abs(value) < 1e6) return String(value);
  return `${mantissa}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}

function textScalar(text: string, place: ScalarPlace): string {
  const shape = analyze(text);
  const isKey = place === "key";
  if (text.includes("\n") && shape.block && !isKey) return literal(text, place.indent);
  const folding = isKey ? undefined : place;
  if (!text.includes("\n") && !isPlainText(text)) return doubleQuoted(text, folding);
  if (shape.plain && !text.includes("\n")) return folded(text, folding, (part) => part);
  return shape.single && !(isKey && text.includes("\n"))
    ? `'${folded(text.replaceAll("'", "''"), folding, (part) => part, 1)}'`
    : doubleQuoted(text, folding);
}

interface Shape {
  readonly plain: boolean;
  readonly single: boolean;
  readonly block: boolean;
}

/** Characters that a text may not begin with to stand without quotes. */
const indicators = new Set("#,[]{}&*!|>'\"%@`");

function analyze(text: string): Shape {
  const special = hasSpecialCharacters(text) || / [\n\u0085\u2028\u2029]/.test(text);
  const breaks = /[\r\n\u0085\u2028\u2029]/.test(text);
  const spacesAfterBreak = /[\n\u0085\u2028\u2029] /.test(text);
  const edges = /^[ \r\n\u0085\u2028\u2029]|[ \r\n\u0085\u2028\u2029]$/.test(text);
  return {
    plain: !special && !breaks && !edges && !hasIndicators(text),
    single: !special && !spacesAfterBreak,
    block: !special && !text.endsWith(" "),
  };
}

function hasIndicators(text: string): boolean {
  const [first = ""] = text;
  if (/^(---|\.\.\.)/.test(text) || indicators.has(first)) return true;
  return /^[-?:](?=\s|$)/.test(text) || /:(?=\s|$)/.test(text) || /\s#/.test(text);
}

/** What cannot be printed as it is: control characters, tabs, and all beyond the basic plane. */
function hasSpecialCharacters(text: string): boolean {
  return [...text].some((character) => !isPrintable(character.codePointAt(0) ?? 0));
}

function isPrintable(code: number): boolean {
  if (code === 0x0a) return true;
  if (code < 0x20 || (code > 0x7e && code < 0xa0 && code !== 0x85) || code === 0xfeff) return false;
  return code < 0xd800 || (code > 0xdfff && code < 0xfffe);
}

function literal(text: string, indent: number): string {
  const hint = /^[ \n]/.test(text) ? "2" : "";
  const chomp = text.endsWith("\n") ? (text === "\n" || text.endsWith("\n\n") ? "+" : "") : "-";
  const lines = text.replace(/\n$/, "").split("\n");
  const margin = " ".repeat(indent);
  return [`|${hint}${chomp}`, ...lines.map((line) => (line === "" ? "" : margin + line))].join("\n");
}

/** Breaks a text after the width, at single blanks that do not stand at its ends. */
function folded(text: string, place: Exclude<ScalarPlace, "key"> | undefined, write: (part: string) => string, quote = 0): string {
  if (place === undefined) return write(text);
  const characters = [...text];
  let column = place.column + quote;
  let result = "";
  characters.forEach((character, index) => {
    const isSingleBlank = character === " " && characters[index + 1] !== " " && characters[index - 1] !== " ";
    if (isSingleBlank && column > bestWidth && index > 0 && index < characters.length - 1) {
      result += `\n${" ".repeat(place.indent)}`;
      column = place.indent;
    } else {
      result += write(character);
      column += 1;
    }
  });
  return result;
}

const escapes: Readonly<Record<string, string>> = {
  "\0": "0",
  "\x07": "a",
  "\b": "b",
  "\t": "t",
  "\n": "n",
  "\v": "v",
  "\f": "f",
  "\r": "r",
  "\x1b": "e",
  '"': '"',
  "\\": "\\",
  "\u0085": "N",
  "\u00a0": "_",
  "\u2028": "L",
  "\u2029": "P",
};

function doubleQuoted(text: string, place: Exclude<ScalarPlace, "key"> | undefined): string {
  const characters = [...text];
  let column = (place?.column ?? 0) + 1;
  let result = "";
  characters.forEach((character, index) => {
    const mayBreak = place !== undefined && character === " " && index > 0 && index < characters.length - 1;
    if (mayBreak && column > bestWidth && characters[index - 1] !== " ") {
      // A blank that would begin the next line is escaped, or it would be lost.
      result += `\n${" ".repeat(place.indent)}${characters[index + 1] === " " ? "\\" : ""}`;
      column = place.indent;
      return;
    }
    const written = escaped(character);
    result += written;
    column += written.length;
  });
  return `"${result}"`;
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const short = escapes[character];
  if (short !== undefined) return `\\${short}`;
  if (isPrintable(code)) return character;
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
