/**
 * A pod's labels or annotations as a file shows them: a line each, by key, the value quoted as Go quotes text.
 */
export function formatFieldMap(values: Readonly<Record<string, string>>): string {
  return Object.keys(values)
    .sort()
    .map((key) => `${key}=${quote(values[key] ?? "")}`)
    .join("\n");
}

const named: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  '"': '\\"',
  "\\": "\\\\",
};

function quote(text: string): string {
  return `"${[...text].map(quoteCharacter).join("")}"`;
}

function quoteCharacter(character: string): string {
  const short = named[character];
  if (short !== undefined) return short;
  // Letters, marks, numbers, punctuation and symbols, and of all spaces the plain one.
  if (/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character)) return character;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
