/** A value by which a list's item is known. */
export type ItemValue = string | number | boolean;

/** One step from a value to a part of it. */
export type PathElement =
  /** A struct's field, or a map's key. */
  | { readonly type: "field"; readonly name: string }
  /** The item of a list whose key fields have these values; in order of their names. */
  | { readonly type: "key"; readonly fields: readonly (readonly [name: string, value: ItemValue])[] }
  /** The item of a set. */
  | { readonly type: "value"; readonly value: ItemValue }
  /** The item of an atomic list; only read, for Kubernetes never writes it. */
  | { readonly type: "index"; readonly index: number };

/** The text of an element that names a field: the form most are built in. */
export function fieldElement(name: string): string {
  return `f:${name}`;
}

/** The text of an element that names a list's item by its key. */
export function keyElement(fields: readonly (readonly [name: string, value: ItemValue])[]): string {
  const sorted = fields.length < 2 ? fields : [...fields].sort(([a], [b]) => compareText(a, b));
  return `k:{${sorted.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")}}`;
}

/** The text of an element that names a set's item. */
export function valueElement(value: ItemValue): string {
  return `v:${JSON.stringify(value)}`;
}

/** An element as FieldsV1 writes it: `f:spec`, `k:{"name":"web"}`, `v:"a"`, `i:0`. Equal elements have equal texts. */
export function formatElement(element: PathElement): string {
  switch (element.type) {
    case "field":
      return fieldElement(element.name);
    case "key":
      return keyElement(element.fields);
    case "value":
      return valueElement(element.value);
    case "index":
      return `i:${element.index}`;
  }
}

/**
 * Reads what `formatElement` writes, spaced or ordered otherwise too.
 * @returns undefined for an element of a type that is not known here
 * @throws SyntaxError
 */
export function parseElement(text: string): PathElement | undefined {
  if (text[1] !== ":") throw new SyntaxError(`not a path element: ${text.slice(0, 100)}`);
  const content = text.slice(2);
  switch (text[0]) {
    case "f":
      return { type: "field", name: content };
    case "k":
      return { type: "key", fields: parseKey(content) };
    case "v":
      return { type: "value", value: asItemValue(JSON.parse(content)) };
    case "i":
      if (!/^(?:0|[1-9]\d{0,14})$/.test(content)) throw new SyntaxError(`not an index: ${content.slice(0, 100)}`);
      return { type: "index", index: Number(content) };
    default:
      return undefined;
  }
}

/** Orders elements as Kubernetes writes them: fields by name, then keys, values, indices. */
export function compareElements(left: string, right: string): number {
  if (left === right) return 0;
  if (left[0] !== right[0]) return elementOrder.indexOf(left[0] ?? "") - elementOrder.indexOf(right[0] ?? "");
  if (left.startsWith("f")) return compareText(left, right);
  const a = parseElement(left);
  const b = parseElement(right);
  if (a?.type === "key" && b?.type === "key") return compareKeys(a.fields, b.fields);
  if (a?.type === "value" && b?.type === "value") return compareValues(a.value, b.value);
  return a?.type === "index" && b?.type === "index" ? a.index - b.index : compareText(left, right);
}

/** A path for people, as `.spec.containers[name="web"].image`. */
export function formatPath(path: readonly string[]): string {
  return path.map((text) => shown(parseElement(text))).join("");
}

const elementOrder = "fkvi";
const typeOrder: readonly string[] = ["number", "string", "boolean"];

function shown(element: PathElement | undefined): string {
  switch (element?.type) {
    case "field":
      return `.${element.name}`;
    case "key":
      return `[${element.fields.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(",")}]`;
    case "value":
      return `[=${JSON.stringify(element.value)}]`;
    case "index":
      return `[${element.index}]`;
    case undefined:
      return "";
  }
}

function parseKey(content: string): [string, ItemValue][] {
  const value: unknown = JSON.parse(content);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new SyntaxError("a list item's key must be an object");
  const fields = Object.entries(value).map(([name, item]): [string, ItemValue] => [name, asItemValue(item)]);
  return fields.sort(([a], [b]) => compareText(a, b));
}

function asItemValue(value: unknown): ItemValue {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  throw new SyntaxError("a list item is known by a scalar");
}

function compareKeys(left: readonly (readonly [string, ItemValue])[], right: readonly (readonly [string, ItemValue])[]): number {
  for (const [index, [name, value]] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const order = compareText(name, other[0]) || compareValues(value, other[1]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareValues(left: ItemValue, right: ItemValue): number {
  const byType = typeOrder.indexOf(typeof left) - typeOrder.indexOf(typeof right);
  if (byType !== 0) return byType;
  return left === right ? 0 : left < right ? -1 : 1;
}

function compareText(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}
