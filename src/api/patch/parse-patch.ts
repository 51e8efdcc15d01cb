import { checkJsonDepth } from "../codec/json-depth.js";
import { findMisplacedNames } from "../codec/misplaced-names.js";
import { badRequest, tooLarge } from "../errors.js";
import type { PatchLanguage } from "./patch.js";

/** A patch as it was sent. */
export interface ParsedPatch {
  readonly language: PatchLanguage;
  /** What it says; of the right form for its language or not. */
  readonly value: unknown;
  /** Names that it has twice, or that operations do not have: for fieldValidation to judge. */
  readonly strictErrors: readonly string[];
}

// JSON is wordier than what is stored, of which a megabyte is taken.
const maxPatchBytes = 3 * 1024 * 1024;

const operationMembers: ReadonlySet<string> = new Set(["op", "path", "from", "value"]);

/** Reads a patch. @throws ApiError BadRequest when it is no JSON, RequestEntityTooLarge */
export function parsePatch(language: PatchLanguage, bytes: Buffer): ParsedPatch {
  if (bytes.length > maxPatchBytes) throw tooLarge(`the patch is too large: ${bytes.length} bytes of at most ${maxPatchBytes}`);
  const text = bytes.toString("utf8");
  checkJsonDepth(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error: unknown) {
    throw badRequest(`error decoding patch: ${error instanceof Error ? error.message : String(error)}`);
  }
  const unknown = language === "json" ? unknownMembers(value) : new Set<string>();
  const prefix = language === "json" ? "json patch " : "";
  const strictErrors = findMisplacedNames(text, unknown).map(({ path, problem }) => `${prefix}${problem} field ${JSON.stringify(path)}`);
  return { language, value, strictErrors };
}

function unknownMembers(operations: unknown): ReadonlySet<string> {
  if (!Array.isArray(operations)) return new Set();
  return new Set(
    operations.flatMap((operation: unknown, index) =>
      typeof operation === "object" && operation !== null
        ? Object.keys(operation)
            .filter((name) => !operationMembers.has(name))
            .map((name) => `[${index}].${name}`)
        : [],
    ),
  );
}
