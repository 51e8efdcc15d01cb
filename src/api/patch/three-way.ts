import { isDeepStrictEqual } from "node:util";
import type { Json, JsonObject } from "../codec/json-values.js";
import type { FieldSchema } from "../schema/message-schema.js";
import { schema } from "../schema/schema.js";
import { isList, isObject } from "./directives.js";
import { contextOf, type PatchContext } from "./strategic.js";

/**
 * The strategic merge patch of `kubectl apply`: sets what `modified` has and `current` has otherwise, and deletes what
 * `original` (the last applied) had and `modified` has no longer. What others added to `current` stays. Empty when there
 * is nothing to do.
 */
export function threeWayPatch(typeName: string, original: JsonObject, modified: JsonObject, current: JsonObject): JsonObject {
  return diffObject(typeName, { original, modified, current });
}

interface Versions<T> {
  readonly original: T | undefined;
  readonly modified: T;
  readonly current: T | undefined;
}

function diffObject(context: PatchContext, { original = {}, modified, current = {} }: Versions<JsonObject>): JsonObject {
  const patch: Record<string, Json> = {};
  for (const [name, value] of Object.entries(modified)) {
    const field = context === undefined ? undefined : schema.message(context).byJsonName.get(name)?.field;
    Object.assign(patch, diffField(name, field, { original: original[name], modified: value, current: current[name] }));
  }
  for (const name of Object.keys(original)) {
    if (modified[name] === undefined && current[name] !== undefined) patch[name] = null;
  }
  return patch;
}

function diffField(name: string, field: FieldSchema | undefined, versions: Versions<Json>): JsonObject {
  const { original, modified, current } = versions;
  if (isObject(modified) && isObject(current)) {
    const inner = diffObject(contextOf(field), { original: isObject(original) ? original : undefined, modified, current });
    return Object.keys(inner).length === 0 ? {} : { [name]: inner };
  }
  if (field?.patchStrategy.includes("merge") === true && isList(modified) && isList(current)) {
    return diffList(name, field, { original: isList(original) ? original : [], modified, current });
  }
  return isDeepStrictEqual(modified, current) ? {} : { [name]: modified };
}

function diffList(
  name: string,
  field: FieldSchema,
  versions: { readonly original: readonly Json[]; readonly modified: readonly Json[]; readonly current: readonly Json[] },
): JsonObject {
  const { original, modified, current } = versions;
  const key = field.patchMergeKey;
  if (key === "") return diffPrimitives(name, versions);
  const byKey = (list: readonly Json[], id: Json | undefined): JsonObject | undefined =>
    list.filter(isObject).find((element) => element[key] === id);
  const elements: JsonObject[] = [];
  for (const element of modified.filter(isObject)) {
    const id = element[key];
    const before = byKey(current, id);
    if (before === undefined) elements.push(element);
    else {
      const inner = diffObject(contextOf(field), { original: byKey(original, id), modified: element, current: before });
      if (Object.keys(inner).length > 0) elements.push({ ...inner, [key]: id ?? null });
    }
  }
  for (const element of original.filter(isObject)) {
    const id = element[key];
    const isDropped = byKey(modified, id) === undefined && byKey(current, id) !== undefined;
    if (isDropped) elements.push({ $patch: "delete", [key]: id ?? null });
  }
  const order = orderDirective(name, key, modified, current);
  return { ...(elements.length === 0 ? {} : { [name]: elements }), ...order };
}

/** Says the wanted order, when elements are new, which otherwise come first, or stand in another. */
function orderDirective(name: string, key: string, modified: readonly Json[], current: readonly Json[]): JsonObject {
  const ids = (list: readonly Json[]): Json[] => list.filter(isObject).map((element) => element[key] ?? null);
  const wanted = ids(modified);
  const present = ids(current);
  const inOrder = isDeepStrictEqual(
    present.filter((id) => wanted.includes(id)),
    wanted,
  );
  return inOrder ? {} : { [`$setElementOrder/${name}`]: wanted.map((id) => ({ [key]: id })) };
}

function diffPrimitives(
  name: string,
  {
    original,
    modified,
    current,
  }: { readonly original: readonly Json[]; readonly modified: readonly Json[]; readonly current: readonly Json[] },
): JsonObject {
  const added = modified.filter((item) => !current.includes(item));
  const removed = original.filter((item) => !modified.includes(item) && current.includes(item));
  return {
    ...(added.length === 0 ? {} : { [name]: added, [`$setElementOrder/${name}`]: modified }),
    ...(removed.length === 0 ? {} : { [`$deleteFromPrimitiveList/${name}`]: removed }),
  };
}
