const nulls = new Set(["", "~", "null", "Null", "NULL"]);
const trues = new Set(["true", "True", "TRUE", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON"]);
const falses = new Set(["false", "False", "FALSE", "n", "N", "no", "No", "NO", "off", "Off", "OFF"]);

const integerBases: readonly (readonly [pattern: RegExp, base: number, prefix: number])[] = [
  [/^[-+]?0b[01]+$/, 2, 2],
  [/^[-+]?0x[0-9a-fA-F]+$/, 16, 2],
  [/^[-+]?0o[0-7]+$/, 8, 2],
  [/^[-+]?0[0-7]+$/, 8, 1],
  [/^[-+]?[0-9]+$/, 10, 0],
];
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/**
 * What an unquoted YAML scalar means to kubectl: null, a boolean, a number, else its text.
 *
 * @throws RangeError on an infinity or NaN, which JSON cannot hold
 */
export function plainScalar(text: string): null | boolean | number | string {
  if (nulls.has(text)) return null;
  if (trues.has(text)) return true;
  if (falses.has(text)) return false;
  if (/^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/.test(text)) throw new RangeError(`${text} has no JSON form`);
  return /^[-+.0-9]/.test(text) ? (number(text.replaceAll("_", "")) ?? text) : text;
}

function number(text: string): number | undefined {
  for (const [pattern, base, prefix] of integerBases) {
    if (!pattern.test(text)) continue;
    const negative = text.startsWith("-");
    const digits = text.replace(/^[-+]/, "").slice(prefix);
    const magnitude = Number.parseInt(digits, base);
    return negative ? -magnitude : magnitude;
  }
  return float.test(text) ? Number(text) : undefined;
}
