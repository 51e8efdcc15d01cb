const words = new Set(
  ["", "~", "null", "y", "yes", "n", "no", "true", "false", "on", "off", ".nan", ".inf", "+.inf", "-.inf"].flatMap((word) => [
    word,
    word.toUpperCase(),
    word.charAt(0).toUpperCase() + word.slice(1),
    word.replace("nan", "NaN").replace("inf", "Inf"),
  ]),
);

const integer = /^[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)$/;
const float = /^[-+]?(\.[0-9]+|[0-9_]+(\.[0-9_]*)?)([eE][-+]?[0-9]+)?$/;
const base60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const timestamp = /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt ]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:[Zz]|[-+]\d{2}:\d{2})?)?$/;

/** Whether a text, written without quotes, is read as text again, by readers of YAML 1.1 too. */
export function isPlainText(text: string): boolean {
  return !words.has(text) && ![integer, float, base60, timestamp].some((pattern) => pattern.test(text));
}
