import jsonPatch, { type Operation } from "fast-json-patch";
import { isJsonObject } from "../codec/json.js";
import type { Json, JsonObject } from "../codec/json-values.js";
import { badRequest, tooLarge, unprocessable } from "../errors.js";

/** What one patch may copy in all, as in Kubernetes: a value copied into itself doubles each time. */
const maxCopiedBytes = 3 * 1024 * 1024;
/** One patch may not hold more operations, as in Kubernetes. */
const maxOperations = 10_000;

/**
 * Applies the operations of a JSON patch (RFC 6902), all or none; the input stays as it was.
 *
 * @throws ApiError BadRequest when the patch is no list, Invalid when an operation fails, RequestEntityTooLarge when there
 * are too many
 */
export function applyOperations(current: JsonObject, patch: unknown): JsonObject {
  if (!Array.isArray(patch)) throw badRequest("a JSON patch must be a list of operations");
  if (patch.length > maxOperations) {
    throw tooLarge(`The allowed maximum operations in a JSON patch is ${maxOperations}, got ${patch.length}`);
  }
  let patched: unknown = structuredClone(current);
  let copiedBytes = 0;
  for (const [index, operation] of (patch as Operation[]).entries()) {
    copiedBytes += copiedBy(operation, patched);
    if (copiedBytes > maxCopiedBytes) throw unprocessable(`a JSON patch may copy ${maxCopiedBytes} bytes in all`);
    patched = applyOperation(patched, operation, index);
  }
  if (!isJsonObject(patched as Json)) throw unprocessable("the patch must leave a JSON object");
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
  } catch (error: unknown) {
    if (operation?.op === "test") throw unprocessable(`testing value ${operation.path} failed`);
    // The library's message goes on for lines with the whole document in it.
    const [reason = "it does not apply"] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw unprocessable(reason);
  }
}
