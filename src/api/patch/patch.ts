import { isJsonObject } from "../codec/json.js";
import type { JsonObject } from "../codec/json-values.js";
import { badRequest } from "../errors.js";
import type { Kind } from "../kinds/kind.js";
import { applyOperations } from "./json-operations.js";
import { mergePatch } from "./merge.js";
import { strategicMerge } from "./strategic.js";

/** The patch languages: RFC 6902, RFC 7386, and Kubernetes' own. */
export type PatchLanguage = "json" | "merge" | "strategic";

/**
 * Applies a patch to an object's JSON and returns the JSON that it makes; the input stays as it was.
 *
 * @throws ApiError BadRequest when the patch is malformed, Invalid when it does not apply
 */
export function applyPatch(kind: Kind, current: JsonObject, language: PatchLanguage, patch: unknown): JsonObject {
  if (language === "json") return applyOperations(current, patch);
  if (!isJsonObject(patch)) throw badRequest("the patch must be a JSON object");
  return language === "merge" ? mergePatch(current, patch) : strategicMerge(kind.typeName, current, patch);
}
