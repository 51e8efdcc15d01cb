import { objectToJson } from "../../api/codec/json.js";
import type { Json } from "../../api/codec/json-values.js";
import { isQuantity, parseQuantity } from "../../api/values/quantity.js";
import type { KindObject } from "../printers/object-format.js";
import { UsageError } from "../usage-error.js";
import { parseJsonPath } from "./json-path.js";

/**
 * Sorts by a field of each object: numbers and quantities by their amount, other text so that numbers in it count as such.
 * Objects without the field come first.
 *
 * @throws UsageError when the path is none, or no object has such a field
 */
export function sortObjects(items: readonly KindObject[], path: string): KindObject[] {
  const find = parseJsonPath(path);
  const keyed = items.map((item) => ({ item, key: find(objectToJson(item.kind, item.object))[0] }));
  if (keyed.length > 0 && keyed.every(({ key }) => key === undefined)) {
    throw new UsageError(`couldn't find any field with path "{${path.replace(/^\{(.*)\}$/, "$1")}}" in the list of objects`);
  }
  keyed.sort((left, right) => compare(left.key, right.key));
  return keyed.map(({ item }) => item);
}

function compare(left: Json | undefined, right: Json | undefined): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  const [leftText, rightText] = [textOf(left), textOf(right)];
  if (isQuantity(leftText) && isQuantity(rightText)) return parseQuantity(leftText) - parseQuantity(rightText);
  return leftText.localeCompare(rightText, "en", { numeric: true, sensitivity: "variant" });
}

const textOf = (value: Json | undefined): string => (typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value));
