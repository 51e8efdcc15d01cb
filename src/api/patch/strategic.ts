import type { Json, JsonObject } from "../codec/json-values.js";
import { valueCodecs } from "../codec/json-values.js";
import { badRequest } from "../errors.js";
import type { FieldSchema } from "../schema/message-schema.js";
import { schema } from "../schema/schema.js";

/** A message whose JSON is an object to be merged field by field; undefined for maps and values of a form of their own. */
export type PatchContext = string | undefined;

const directive = "$patch";
const retainKeys = "$retainKeys";
const orderPrefix = "$setElementOrder/";
const deletePrefix = "$deleteFromPrimitiveList/";

/**
 * Applies Kubernetes' strategic merge patch: objects merge, null deletes, lists are merged by the key that the field's
 * rules name, and the directives `$patch: replace|delete|merge`, `$retainKeys`, `$setElementOrder/x` and
 * `$deleteFromPrimitiveList/x` mean what they mean there.
 *
 * @throws ApiError BadRequest on a malformed directive or an element without its merge key
 */
export function strategicMerge(context: PatchContext, current: JsonObject, patch: JsonObject): JsonObject {
  const action = patch[directive];
  if (action !== undefined) {
    const { [directive]: _action, ...rest } = patch;
    if (action === "replace") return withoutDirectives(rest) as JsonObject;
    if (action === "delete") return {};
    if (action !== "merge") throw badRequest(`unknown directive ${directive}: ${JSON.stringify(action)}`);
    return strategicMerge(context, current, rest);
  }
  const merged: Record<string, Json> = retained(current, patch[retainKeys]);
  for (const [name, value] of Object.entries(patch)) {
    if (name === retainKeys || name.startsWith("$")) continue;
    const result = mergeField(fieldOf(context, name), merged[name], value);
    if (result === undefined) delete merged[name];
    else define(merged, name, result);
  }
  applyListDirectives(context, merged, patch);
  return merged;
}

/** `__proto__` must become a name like any other, for the decoder to refuse. */
function define(target: Record<string, Json>, name: string, value: Json): void {
  Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
}

function retained(current: JsonObject, keys: Json | undefined): Record<string, Json> {
  if (keys === undefined) return { ...current };
  if (!Array.isArray(keys)) throw badRequest(`${retainKeys} must be a list of names`);
  return Object.fromEntries(Object.entries(current).filter(([name]) => keys.includes(name)));
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
  if (isObject(value)) return strategicMerge(contextOf(field), isObject(current) ? current : {}, value);
  if (isList(value) && field?.patchStrategy.includes("merge") === true) return mergeList(field, isList(current) ? current : [], value);
  return withoutDirectives(value);
}

function mergeList(field: FieldSchema, current: readonly Json[], patch: readonly Json[]): Json[] {
  if (field.patchMergeKey === "") return union(current, patch);
  const elements = patch.map((element) => asElement(element, field));
  if (elements.some((element) => element[directive] === "replace")) {
    return elements.filter((element) => element[directive] !== "replace").map((element) => withoutDirectives(element));
  }
  const key = field.patchMergeKey;
  let merged = current.map((element) => asElement(element, field));
  for (const element of elements) {
    const id = element[key];
    if (id === undefined) throw badRequest(`map: ${JSON.stringify(element)} does not contain declared merge key: ${key}`);
    const index = merged.findIndex((candidate) => candidate[key] === id);
    if (element[directive] === "delete") merged = merged.filter((candidate) => candidate[key] !== id);
    else if (index < 0) merged = [...merged, strategicMerge(contextOf(field), {}, element)];
    else merged = merged.map((candidate, at) => (at === index ? strategicMerge(contextOf(field), candidate, element) : candidate));
  }
  return merged;
}

function union(current: readonly Json[], added: readonly Json[]): Json[] {
  return [...current, ...added.filter((item) => !current.includes(item))];
}

function asElement(element: Json, field: FieldSchema): JsonObject {
  if (isObject(element)) return element;
  throw badRequest(`${field.jsonName}: the elements of this list must be objects with ${field.patchMergeKey}`);
}

function applyListDirectives(context: PatchContext, merged: Record<string, Json>, patch: JsonObject): void {
  for (const [name, value] of Object.entries(patch)) {
    if (name.startsWith(deletePrefix)) {
      const target = name.slice(deletePrefix.length);
      const list = merged[target];
      if (!isList(value)) throw badRequest(`${name} must be a list`);
      if (isList(list)) merged[target] = list.filter((item) => !value.includes(item));
    } else if (name.startsWith(orderPrefix)) {
      const target = name.slice(orderPrefix.length);
      const list = merged[target];
      if (!isList(value)) throw badRequest(`${name} must be a list`);
      if (isList(list)) merged[target] = ordered(list, value, fieldOf(context, target)?.patchMergeKey ?? "");
    }
  }
}

/** Elements named by the order come first, as it has them; the others keep their place after them. */
function ordered(list: readonly Json[], order: readonly Json[], key: string): Json[] {
  const identity = (item: Json): Json | undefined => (isObject(item) ? item[key] : item);
  const wanted = order.map(identity);
  const rank = (item: Json): number => {
    const at = wanted.indexOf(identity(item) as Json);
    return at < 0 ? wanted.length : at;
  };
  return [...list].sort((a, b) => rank(a) - rank(b));
}

/** A value as it is stored when it meets nothing to merge with. */
function withoutDirectives(value: Json): Json {
  if (isList(value)) {
    return value.filter((item) => !(isObject(item) && item[directive] === "delete")).map(withoutDirectives);
  }
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, item]) => item !== null && !name.startsWith("$"))
      .map(([name, item]) => [name, withoutDirectives(item)]),
  );
}

/** Whether a JSON value is an object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether a JSON value is a list. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
