import jsonPatch, { type Operation } from "fast-json-patch";
import { isJsonObject } from "../codec/json.js";
import type { Json, JsonObject } from "../codec/json-values.js";
import { badRequest } from "../errors.js";
import type { Kind } from "../kinds/kind.js";
import { mergePatch } from "./merge.js";
import { strategicMerge } from "./strategic.js";

/** The patch languages: RFC 6902, RFC 7386, and Kubernetes' own. */
export type PatchLanguage = "json" | "merge" | "strategic";

/** What one patch may copy in all, as in Kubernetes: a value copied into itself doubles each time. */
const maxCopiedBytes = 3 * 1024 * 1024;
/** One patch may not hold more operations, as in Kubernetes. */
const maxOperations = 10_000;

/**
 * Applies a patch to an object's JSON and returns the JSON that it makes; the input stays as it was.
 *
 * @throws ApiError BadRequest when the patch is malformed or does not apply
 */
export function applyPatch(kind: Kind, current: JsonObject, language: PatchLanguage, patch: unknown): JsonObject {
  if (language === "json") return applyOperations(current, patch);
  if (!isJsonObject(patch)) throw badRequest("the patch must be a JSON object");
  return language === "merge" ? mergePatch(current, patch) : strategicMerge(kind.typeName, current, patch);
}

function applyOperations(current: JsonObject, patch: unknown): JsonObject {
  if (!Array.isArray(patch)) throw badRequest("a JSON patch must be a list of operations");
  if (patch.length > maxOperations)
    throw badRequest(`the allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`);
  let patched: unknown = structuredClone(current);
  let copiedBytes = 0;
  for (const [index, operation] of (patch as Operation[]).entries()) {
    copiedBytes += copiedBy(operation, patched);
    if (copiedBytes > maxCopiedBytes) throw badRequest(`a JSON patch may copy ${maxCopiedBytes} bytes in all`);
    patched = applyOperation(patched, operation, index);
  }
  if (!isJsonObject(patched as Json)) throw badRequest("the patch must leave a JSON object");
  return patched as JsonObject;
}

/** How large the value is that an operation copies. */
function copiedBy(operation: Operation, document: unknown): number {
  if (operation?.op !== "copy" || typeof operation.from !== "string") return 0;
  try {
    return JSON.stringify(jsonPatch.getValueByPointer(document, operation.from))?.length ?? 0;
  } catch (_noSuchPlace: unknown) {
    // Applying it says so.
    return 0;
  }
}

function applyOperation(document: unknown, operation: Operation, index: number): unknown {
  try {
    return jsonPatch.applyOperation(document, operation, true, true, true, index).newDocument;
  } catch (error) {
    // The library's message goes on for lines with the whole document in it.
    const [reason = "it does not apply"] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw badRequest(`the server rejected our request due to an error in our request: ${reason}`);
  }
}
