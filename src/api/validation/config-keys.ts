import type { FieldError } from "../errors.js";
import { invalidValue } from "./field-error.js";
import { entry } from "./field-path.js";
import { formatProblems, textFormat } from "./text-format.js";

const configKey = textFormat(
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  "[-._a-zA-Z0-9]+",
  ["key.name", "KEY_NAME", "key-name"],
  253,
);

/** What keeps `text` from being a key of a ConfigMap or Secret, which may become the name of a file; nothing if it is one. */
export function configKeyProblems(text: string): string[] {
  return [...formatProblems(text, configKey), ...pathProblems(text)];
}

/** Every error of the keys of a map. */
export function validateConfigKeys(map: Readonly<Record<string, unknown>>, path: string): FieldError[] {
  return Object.keys(map).flatMap((key) => configKeyProblems(key).map((problem) => invalidValue(entry(path, key), key, problem)));
}

/** A file of such a name would lead out of its folder. */
function pathProblems(text: string): string[] {
  if (text === "." || text === "..") return [`must not be '${text}'`];
  return text.startsWith("..") ? ["must not start with '..'"] : [];
}
