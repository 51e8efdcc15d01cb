import type { Json, JsonObject } from "../../api/codec/json-values.js";
import { isObject } from "../manifests/json-fields.js";
import { yamlScalar } from "./yaml-scalar.js";

/**
 * Writes JSON as kubectl writes YAML, to the character: keys in its order, two blanks of indentation, lists not indented,
 * and quotes where its library puts them. What is printed by one tool can so be compared with the other's.
 */
export function yamlText(value: Json): string {
  return isBlock(value) ? blockLines(value, 0).join("\n") : yamlScalar(value, { indent: 0, column: 0 });
}

type Block = JsonObject | readonly Json[];

function isBlock(value: Json): value is Block {
  return typeof value === "object" && value !== null && Object.keys(value).length > 0;
}

function blockLines(value: Block, indent: number): string[] {
  const margin = " ".repeat(indent);
  if (isList(value)) {
    return value.flatMap((item) => {
      if (!isBlock(item)) return [`${margin}- ${yamlScalar(item, { indent: indent + 2, column: indent + 2 })}`];
      const [first = "", ...rest] = blockLines(item, indent + 2);
      return [`${margin}- ${first.trimStart()}`, ...rest];
    });
  }
  return Object.entries(value)
    .sort(([left], [right]) => compareKeys(left, right))
    .flatMap(([key, item]) => entryLines(yamlScalar(key, "key"), item, indent));
}

/** The longest key that stands on a line with its value; longer ones need YAML's complex form. */
const maxSimpleKeyLength = 128;

function entryLines(key: string, value: Json, indent: number): string[] {
  const margin = " ".repeat(indent);
  const isLong = key.length > maxSimpleKeyLength;
  const head = isLong ? `${margin}? ${key}\n${margin}:` : `${margin}${key}:`;
  if (!isBlock(value)) return [`${head} ${yamlScalar(value, { indent: indent + 2, column: isLong ? indent + 2 : head.length + 1 })}`];
  return [head, ...blockLines(value, isList(value) ? indent : indent + 2)];
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value) && !isObject(value);

const isDigit = (character: string): boolean => /^\p{Nd}$/u.test(character);
const isLetter = (character: string): boolean => /^\p{L}$/u.test(character);

/** The order of keys: letters after everything else, unless a number stands before them; numbers by value. */
export function compareKeys(left: string, right: string): number {
  const [leftChars, rightChars] = [[...left], [...right]];
  let afterDigit = false;
  for (const [index, character] of leftChars.entries()) {
    const other = rightChars[index];
    if (other === undefined) return 1;
    if (character === other) {
      afterDigit = isDigit(character);
      continue;
    }
    if (isLetter(character) && isLetter(other)) return character < other ? -1 : 1;
    if (isLetter(character) || isLetter(other)) return isLetter(afterDigit ? character : other) ? -1 : 1;
    return compareNumbers(leftChars, rightChars, index);
  }
  return leftChars.length - rightChars.length;
}

function compareNumbers(left: readonly string[], right: readonly string[], index: number): number {
  const numberAt = (characters: readonly string[]): string => /^\d*/.exec(characters.slice(index).join(""))?.[0] ?? "";
  const [leftDigits, rightDigits] = [numberAt(left), numberAt(right)];
  const before = /\d*$/.exec(left.slice(0, index).join(""))?.[0] ?? "";
  // A digit before makes zeros count: 100 comes after 11 only if both are read whole.
  const prefix = (left[index] === "0" || right[index] === "0") && /[1-9]/.test(before) ? "1" : "0";
  const [leftNumber, rightNumber] = [Number(prefix + leftDigits), Number(prefix + rightDigits)];
  if (leftNumber !== rightNumber) return leftNumber - rightNumber;
  if (leftDigits.length !== rightDigits.length) return leftDigits.length - rightDigits.length;
  return (left[index] ?? "") < (right[index] ?? "") ? -1 : 1;
}
