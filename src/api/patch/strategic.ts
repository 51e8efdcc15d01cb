import type { Json, JsonObject } from "../codec/json-values.js";
import { valueCodecs } from "../codec/json-values.js";
import { badRequest } from "../errors.js";
import type { FieldSchema } from "../schema/message-schema.js";
import { schema } from "../schema/schema.js";
import { directive, isList, isObject, withoutDirectives } from "./directives.js";
import { checkOrder, inOrder, mergeElements, unite } from "./strategic-lists.js";

/** A message whose JSON is an object to be merged field by field; undefined for maps and values of a form of their own. */
export type PatchContext = string | undefined;

const retainKeys = "$retainKeys";
const orderPrefix = "$setElementOrder/";
const deletePrefix = "$deleteFromPrimitiveList/";

/**
 * Applies Kubernetes' strategic merge patch: objects merge, null deletes, lists are merged by the key that the field's
 * rules name, and the directives `$patch: replace|delete|merge`, `$retainKeys`, `$setElementOrder/x` and
 * `$deleteFromPrimitiveList/x` mean what they mean there. The input stays as it was.
 *
 * @throws ApiError BadRequest on a malformed directive or an element without its merge key
 */
export function strategicMerge(context: PatchContext, current: JsonObject, patch: JsonObject): JsonObject {
  const action = patch[directive];
  if (action !== undefined) {
    const { [directive]: _action, ...rest } = patch;
    if (action === "replace") return withoutDirectives(rest) as JsonObject;
    if (action === "delete") return {};
    if (action !== "merge")
      throw badRequest(`unknown patch type: ${JSON.stringify(action)} in map: ${JSON.stringify(patch).slice(0, 500)}`);
    return strategicMerge(context, current, rest);
  }
  const merged = retained(current, patch);
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith("$")) continue;
    const result = mergeField(fieldOf(context, name), merged[name], value);
    if (result === undefined) delete merged[name];
    else define(merged, name, result);
  }
  applyListDirectives(context, { current, patch, merged });
  return merged;
}

/** `__proto__` must become a name like any other, for the decoder to refuse. */
function define(target: Record<string, Json>, name: string, value: Json): void {
  Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
}

/** What stays of an object of which the patch says what may: it may then set nothing else. */
function retained(current: JsonObject, patch: JsonObject): Record<string, Json> {
  const keys = patch[retainKeys];
  if (keys === undefined) return { ...current };
  const isKept = (name: string): boolean => isList(keys) && keys.includes(name);
  const isOutside = ([name, value]: [string, Json]): boolean => value !== null && !name.startsWith("$") && !isKept(name);
  if (!isList(keys) || Object.entries(patch).some(isOutside)) throw badRequest("invalid patch format of retainKeys");
  return Object.fromEntries(Object.entries(current).filter(([name]) => isKept(name)));
}

function fieldOf(context: PatchContext, name: string): FieldSchema | undefined {
  return context === undefined ? undefined : schema.message(context).byJsonName.get(name)?.field;
}

/** The context in which a field's value, or its list's elements, are merged. */
export function contextOf(field: FieldSchema | undefined): PatchContext {
  if (field?.message === undefined || field.cardinality === "map" || valueCodecs.has(field.message)) return undefined;
  return field.message;
}

function mergeField(field: FieldSchema | undefined, current: Json | undefined, value: Json): Json | undefined {
  if (value === null) return undefined;
  if (isObject(value)) {
    if (field?.patchStrategy.includes("replace") === true) return withoutDirectives(value);
    return strategicMerge(contextOf(field), isObject(current) ? current : {}, value);
  }
  if (isList(value) && field?.patchStrategy.includes("merge") === true) {
    const present = isList(current) ? current : [];
    return field.patchMergeKey === ""
      ? unite(present, value)
      : mergeElements(field, present, value, (before, element) => strategicMerge(contextOf(field), before, element));
  }
  return withoutDirectives(value);
}

interface Merge {
  readonly current: JsonObject;
  readonly patch: JsonObject;
  readonly merged: Record<string, Json>;
}

function applyListDirectives(context: PatchContext, { current, patch, merged }: Merge): void {
  for (const [name, value] of Object.entries(patch)) {
    if (!name.startsWith(deletePrefix)) continue;
    const target = name.slice(deletePrefix.length);
    const list = merged[target];
    if (!isList(value)) throw badRequest("invalid patch format of primitive list");
    if (isList(list)) merged[target] = list.filter((item) => !value.includes(item));
  }
  for (const [name, value] of Object.entries(patch)) {
    if (!name.startsWith(orderPrefix)) continue;
    const target = name.slice(orderPrefix.length);
    const key = fieldOf(context, target)?.patchMergeKey ?? "";
    const [list, before, patched] = [merged[target], current[target], patch[target]];
    if (!isList(value)) throw badRequest("invalid patch format of setElementOrder list");
    if (isList(patched)) checkOrder(patched, value, key);
    if (isList(list)) merged[target] = inOrder(list, { wanted: value, before: isList(before) ? before : [], key });
  }
}
