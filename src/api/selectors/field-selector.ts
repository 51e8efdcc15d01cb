import { badRequest } from "../errors.js";
import type { FieldReader, Kind } from "../kinds/kind.js";
import type { ApiObject, Whole } from "../object.js";

/** A compiled field selector of one kind. */
export interface FieldSelector {
  /** It selects everything. */
  readonly empty: boolean;
  matches(object: Whole<ApiObject>): boolean;
  /** As `matches`, of an object of which only the values of its selectable fields are known. */
  accepts(read: (path: string) => string): boolean;
  /** The value that the selector demands of `path` by equality, if it does: lets an index serve the request. */
  required(path: string): string | undefined;
}

interface Term {
  readonly path: string;
  readonly negated: boolean;
  readonly value: string;
  readonly read: FieldReader<ApiObject>;
}

/** Selects everything. */
export const everyField: FieldSelector = { empty: true, matches: () => true, accepts: () => true, required: () => undefined };

/**
 * Compiles `path=value`, `path==value`, `path!=value`, joined by commas; `\` escapes a comma, equals sign or itself.
 *
 * @throws ApiError BadRequest when it can't be read, or names a field that the kind doesn't offer
 */
export function parseFieldSelector(kind: Kind, text: string): FieldSelector {
  const terms = splitUnescaped(text)
    .filter((part) => part !== "")
    .map((part) => parseTerm(kind, part));
  if (terms.length === 0) return everyField;
  return {
    empty: false,
    matches: (object) => terms.every(({ read, value, negated }) => (read(object) === value) !== negated),
    accepts: (read) => terms.every(({ path, value, negated }) => (read(path) === value) !== negated),
    required: (path) => terms.find((term) => term.path === path && !term.negated)?.value,
  };
}

/** Splits at commas that no backslash escapes. */
function splitUnescaped(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === ",") {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}

function parseTerm(kind: Kind, part: string): Term {
  const match = /^([^=!]+)(==|=|!=)(.*)$/s.exec(part.trim());
  if (match === null) throw badRequest(`invalid selector: ${JSON.stringify(part)}; can't understand ${JSON.stringify(part)}`);
  const [, path = "", sign, escaped = ""] = match;
  if (/(?<!\\)(?:\\\\)*\\(?![\\,=])/.test(escaped))
    throw badRequest(`invalid field selector: invalid escape sequence in ${JSON.stringify(escaped)}`);
  return { path, negated: sign === "!=", value: escaped.replace(/\\([\\,=])/g, "$1"), read: readerOf(kind, path) };
}

function readerOf(kind: Kind, path: string): FieldReader<ApiObject> {
  if (path === "metadata.name") return ({ metadata }) => metadata.name;
  if (path === "metadata.namespace" && kind.namespaced) return ({ metadata }) => metadata.namespace;
  const read = Object.hasOwn(kind.selectableFields, path) ? kind.selectableFields[path] : undefined;
  if (read !== undefined) return read;
  // Kubernetes' words for kinds that have fields of their own to select by, and for those that have not.
  const hasOwn = Object.keys(kind.selectableFields).length > 0;
  const known = '"metadata.name", "metadata.namespace"';
  throw badRequest(hasOwn ? `field label not supported: ${path}` : `${JSON.stringify(path)} is not a known field selector: only ${known}`);
}
