import type { Json, JsonObject } from "../codec/json-values.js";
import { badRequest } from "../errors.js";
import type { FieldSchema } from "../schema/message-schema.js";
import { directive, isObject, withoutDirectives } from "./directives.js";

type MergeObjects = (current: JsonObject, patch: JsonObject) => JsonObject;

/**
 * Merges a list of objects by their merge key: elements that the patch marks go, those that it has too are merged, the
 * others are added. The patch's elements keep their order among themselves, as do those that it does not name.
 * @throws ApiError BadRequest on an element without its key, or an unknown directive
 */
export function mergeElements(field: FieldSchema, current: readonly Json[], patch: readonly Json[], merge: MergeObjects): readonly Json[] {
  const key = field.patchMergeKey;
  const elements = patch.map((element) => asElement(element, field));
  const plain = elements.filter((element) => element[directive] === undefined);
  const doomed = elements.filter((element) => isDeletion(element)).map((element) => keyOfElement(element, key));
  if (elements.some((element) => element[directive] === "replace")) return plain.map(withoutDirectives);
  const kept = current.map((element) => asElement(element, field)).filter((element) => !doomed.includes(element[key] ?? null));
  const merged = [...kept];
  for (const element of plain) {
    const id = keyOfElement(element, key);
    const index = merged.findIndex((candidate) => candidate[key] === id);
    if (index < 0) merged.push(merge({}, element));
    else merged[index] = merge(merged[index] ?? {}, element);
  }
  return inOrder(merged, { wanted: plain, before: kept, key });
}

/** Adds to a list of plain values those that it does not have. */
export function unite(current: readonly Json[], added: readonly Json[]): readonly Json[] {
  const all = [...new Set([...current, ...added])];
  return inOrder(all, { wanted: added, before: current, key: "" });
}

/**
 * Orders a list: items that are in `wanted` stand as it has them, the others as they stood `before`, and where the two
 * meet, an item goes before another that it stood before. So what is new comes first, as in Kubernetes.
 */
export function inOrder(
  list: readonly Json[],
  { wanted, before, key }: { readonly wanted: readonly Json[]; readonly before: readonly Json[]; readonly key: string },
): readonly Json[] {
  const identity = (item: Json): Json | undefined => (isObject(item) && key !== "" ? item[key] : item);
  const places = (items: readonly Json[]): ReadonlyMap<Json | undefined, number> =>
    new Map(items.map((item, index) => [identity(item), index] as const).reverse());
  const [rank, place] = [places(wanted), places(before)];
  const by = (order: ReadonlyMap<Json | undefined, number>) => (a: Json, b: Json) =>
    (order.get(identity(a)) ?? 0) - (order.get(identity(b)) ?? 0);
  const named = list.filter((item) => rank.has(identity(item))).sort(by(rank));
  const others = list.filter((item) => !rank.has(identity(item))).sort(by(place));
  const ordered: Json[] = [];
  let next = 0;
  for (const item of named) {
    const limit = place.get(identity(item)) ?? -1;
    for (; next < others.length && (place.get(identity(others[next] ?? null)) ?? 0) < limit; next++) ordered.push(others[next] ?? null);
    ordered.push(item);
  }
  return [...ordered, ...others.slice(next)];
}

/** Refuses a patch's list whose order, or content, contradicts the order that the patch asks for. @throws ApiError BadRequest */
export function checkOrder(patch: readonly Json[], order: readonly Json[], key: string): void {
  const identity = (item: Json): Json | undefined => (isObject(item) && key !== "" ? item[key] : item);
  const wanted = order.map(identity);
  let from = 0;
  for (const item of patch) {
    if (isObject(item) && item[directive] !== undefined) continue;
    const at = wanted.indexOf(identity(item), from);
    if (at < 0 && wanted.length > 0) throw badRequest("the order in the patch's list does not match its $setElementOrder list");
    from = at + 1;
  }
}

function isDeletion(element: JsonObject): boolean {
  const action = element[directive];
  if (action === undefined || action === "replace") return false;
  if (action === "delete") return true;
  throw badRequest(`unknown patch type: ${JSON.stringify(action)} in map: ${shown(element)}`);
}

function keyOfElement(element: JsonObject, key: string): Json {
  const id = element[key];
  if (id === undefined) throw badRequest(`map: ${shown(element)} does not contain declared merge key: ${key}`);
  return id;
}

function asElement(element: Json, field: FieldSchema): JsonObject {
  if (isObject(element)) return element;
  throw badRequest(`${field.jsonName}: the elements of this list must be objects with ${field.patchMergeKey}`);
}

const shown = (element: JsonObject): string => JSON.stringify(element).slice(0, 500);
