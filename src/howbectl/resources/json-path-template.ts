import type { Json } from "../../api/codec/json-values.js";
import { UsageError } from "../usage-error.js";
import { jsonPathText, parseJsonPath } from "./json-path.js";

/** Writes a value out as a template says. */
export type JsonPathTemplate = (root: Json) => string;

/** Where an action looks: `$` is the whole, everything else starts at the element that `range` has come to. */
interface Scope {
  readonly root: Json;
  readonly current: Json;
}

type Piece = (scope: Scope) => string;

/** Braces within quotes belong to the text. */
const actionPattern = /(\{(?:[^{}"']|"[^"]*"|'[^']*')*\})/;

/**
 * Compiles kubectl's JSONPath template: text with `{paths}`, `{"literals"}`, in which `\n` and `\t` are those
 * characters, and `{range PATH}…{end}`, which may be nested.
 *
 * @throws UsageError on what is none
 */
export function parseJsonPathTemplate(template: string): JsonPathTemplate {
  const tokens = template.split(actionPattern).filter((token) => token !== "");
  const parsed = parsePieces(tokens, 0, false);
  return (root) => render(parsed.pieces, { root, current: root });
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
  return () => text;
}

function actionPiece(action: string): Piece {
  const [, double, single] = /^(?:"(.*)"|'(.*)')$/s.exec(action) ?? [];
  const literal = double ?? single;
  if (literal !== undefined) return () => literal.replaceAll("\\n", "\n").replaceAll("\\t", "\t");
  const find = finder(action);
  return (scope) => find(scope).map(jsonPathText).join(" ");
}

function rangePiece(path: string, body: readonly Piece[]): Piece {
  const find = finder(path);
  return (scope) =>
    find(scope)
      .map((current) => render(body, { ...scope, current }))
      .join("");
}

function finder(path: string): (scope: Scope) => readonly Json[] {
  const find = parseJsonPath(path.replace(/^@/, ""));
  return ({ root, current }) => find(path.startsWith("$") ? root : current);
}

function render(pieces: readonly Piece[], scope: Scope): string {
  return pieces.map((piece) => piece(scope)).join("");
}
