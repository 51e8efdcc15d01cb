import { createHash } from "node:crypto";
import type { JsonObject } from "../../api/codec/json-values.js";

/** Digits that could make words of a name, and what stands for them. */
const letters: Readonly<Record<string, string>> = { "0": "g", "1": "h", "3": "k", a: "m", e: "t" };

/** kubectl's short hash of what an object holds, for `--append-hash`: other content, other name. */
export function contentHash(content: JsonObject): string {
  const sorted = Object.fromEntries(Object.entries(content).sort(([left], [right]) => (left < right ? -1 : 1)));
  const text = JSON.stringify(sorted, sortedKeys).replace(/[<>&\u2028\u2029]/g, escaped);
  const hex = createHash("sha256").update(text).digest("hex");
  return [...hex.slice(0, 10)].map((digit) => letters[digit] ?? digit).join("");
}

/** As Go's encoder writes characters that HTML takes for its own. */
function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
}

function sortedKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)));
}
