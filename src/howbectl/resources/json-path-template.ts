import type { Json } from "../../api/codec/json-values.js";
import { UsageError } from "../usage-error.js";
import { jsonPathText, parseJsonPath } from "./json-path.js";

/** A compiled template. */
export interface JsonPathTemplate {
  /** Writes a value out as the template says. */
  text(root: Json): string;
  /** What the template's paths find, a list for each time that one is come to. */
  values(root: Json): (readonly Json[])[];
}

/** Where an action looks: `$` is the whole, everything else starts at the element that `range` has come to. */
interface Scope {
  readonly root: Json;
  readonly current: Json;
}

/** What a piece of a template gives: text as it stands, or values that a path has found. */
type Result = { readonly text: string } | { readonly values: readonly Json[] };

type Piece = (scope: Scope) => readonly Result[];

/** Braces within quotes belong to the text. */
const actionPattern = /(\{(?:[^{}"']|"[^"]*"|'[^']*')*\})/;

/**
 * Compiles kubectl's JSONPath template: text with `{paths}`, `{"literals"}` with escapes as `\n` and `\t`, and `{range PATH}…{end}`, which may be nested.
 *
 * @throws UsageError on what is none
 */
export function parseJsonPathTemplate(template: string): JsonPathTemplate {
  const tokens = template.split(actionPattern).filter((token) => token !== "");
  const parsed = parsePieces(tokens, 0, false);
  const render = (root: Json): readonly Result[] => parsed.pieces.flatMap((piece) => piece({ root, current: root }));
  return {
    text: (root) =>
      render(root)
        .map((result) => ("text" in result ? result.text : result.values.map(jsonPathText).join(" ")))
        .join(""),
    values: (root) => render(root).flatMap((result) => ("text" in result ? [] : [result.values])),
  };
}

interface Parsed {
  readonly pieces: readonly Piece[];
  /** Of the first token after these pieces. */
  readonly next: number;
}

function parsePieces(tokens: readonly string[], from: number, inRange: boolean): Parsed {
  const pieces: Piece[] = [];
  for (let index = from; index < tokens.length; index++) {
    const token = tokens[index] ?? "";
    const action = token.startsWith("{") && token.endsWith("}") ? token.slice(1, -1).trim() : undefined;
    if (action === "end") {
      if (!inRange) throw new UsageError("error parsing jsonpath: not in range, nothing to end");
      return { pieces, next: index + 1 };
    }
    const range = /^range\s+(.*)$/s.exec(action ?? "");
    if (range === null) {
      pieces.push(action === undefined ? textPiece(token) : actionPiece(action));
      continue;
    }
    const body = parsePieces(tokens, index + 1, true);
    pieces.push(rangePiece(range[1] ?? "", body.pieces));
    index = body.next - 1;
  }
  if (inRange) throw new UsageError("error parsing jsonpath: unterminated range");
  return { pieces, next: tokens.length };
}

function textPiece(text: string): Piece {
  if (text.includes("{")) throw new UsageError(`error parsing jsonpath ${text}: unclosed action`);
  return () => [{ text }];
}

function actionPiece(action: string): Piece {
  const [, double, single] = /^(?:"(.*)"|'(.*)')$/s.exec(action) ?? [];
  const literal = double ?? single;
  if (literal !== undefined) {
    const text = unquoted(literal);
    return () => [{ text }];
  }
  const find = finder(action);
  return (scope) => [{ values: find(scope) }];
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", '"': '"', "'": "'", "\\": "\\" };

function unquoted(text: string): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (whole: string, code: string | undefined, letter: string | undefined) =>
    code === undefined ? (escapes[letter ?? ""] ?? whole) : String.fromCharCode(Number.parseInt(code, 16)),
  );
}

function rangePiece(path: string, body: readonly Piece[]): Piece {
  const find = finder(path);
  return (scope) => find(scope).flatMap((current) => body.flatMap((piece) => piece({ ...scope, current })));
}

function finder(path: string): (scope: Scope) => readonly Json[] {
  const find = parseJsonPath(path);
  return ({ root, current }) => find(path.startsWith("$") ? root : current);
}
