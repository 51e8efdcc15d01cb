import { emptyFieldSet, type FieldNode, type FieldSet, orderedElements } from "./field-set.js";
import { formatElement, parseElement } from "./path-element.js";

/** In FieldsV1: the field itself is in the set, besides something below it. */
const self = ".";
/** No message nests as deep; what does is not what Kubernetes wrote. */
const maxDepth = 200;

/** A set as FieldsV1 holds it: JSON, one object for each level. Equal sets give equal bytes. */
export function formatFieldsV1(set: FieldSet): Buffer {
  return Buffer.from(formatLevel(set, false));
}

/** Reads FieldsV1; elements of types that are not known here are dropped, as Kubernetes does. @throws SyntaxError */
export function parseFieldsV1(bytes: Uint8Array | undefined): FieldSet {
  if (bytes === undefined || bytes.length === 0) return emptyFieldSet;
  const value: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  return value === null ? emptyFieldSet : parseLevel(value, 0).below;
}

function formatLevel(set: FieldSet, isMember: boolean): string {
  const parts = isMember && set.size > 0 ? [`"${self}":{}`] : [];
  for (const element of set.size < 2 ? set.keys() : orderedElements(set)) {
    const node = set.get(element);
    if (node !== undefined) parts.push(`${JSON.stringify(element)}:${formatLevel(node.below, node.isMember)}`);
  }
  return `{${parts.join(",")}}`;
}

function parseLevel(value: unknown, depth: number): FieldNode {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new SyntaxError("FieldsV1 is made of objects");
  if (depth > maxDepth) throw new SyntaxError("FieldsV1 is nested too deeply");
  const below = new Map<string, FieldNode>();
  let isMember = false;
  for (const [name, inner] of Object.entries(value)) {
    if (name === self) {
      isMember = true;
      continue;
    }
    const element = canonical(name);
    if (element !== undefined) below.set(element, parseLevel(inner, depth + 1));
  }
  // What has nothing below it would not be mentioned, were it not in the set itself.
  return { isMember: isMember || below.size === 0, below };
}

/** An element's one text. Field names are most of them, and need no reading. */
function canonical(text: string): string | undefined {
  if (text.startsWith("f:")) return text;
  const element = parseElement(text);
  return element === undefined ? undefined : formatElement(element);
}
