import { objectToJson } from "../../api/codec/json.js";
import type { Json } from "../../api/codec/json-values.js";
import type { KindObject } from "../printers/object-format.js";
import type { JsonPath } from "./json-path.js";

/** Sorts by a field of each object, numbers as numbers and everything else as text; objects without it come first. */
export function sortObjects(items: readonly KindObject[], path: JsonPath): KindObject[] {
  const keyed = items.map((item) => ({ item, key: path(objectToJson(item.kind, item.object))[0] }));
  keyed.sort((left, right) => compare(left.key, right.key));
  return keyed.map(({ item }) => item);
}

function compare(left: Json | undefined, right: Json | undefined): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  const [leftText, rightText] = [String(left ?? ""), String(right ?? "")];
  if (leftText === rightText) return 0;
  return leftText < rightText ? -1 : 1;
}
