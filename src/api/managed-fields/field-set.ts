import { compareElements } from "./path-element.js";

/** What a set says of one field or list item. */
export interface FieldNode {
  /** It is itself in the set, and not only something below it. */
  readonly isMember: boolean;
  readonly below: FieldSet;
}

/**
 * A set of fields: a tree of path elements in their text form (see path-element.ts). A field's being in the set says
 * nothing of what contains it. Never changed once built; every node is a member or has one below it.
 */
export type FieldSet = ReadonlyMap<string, FieldNode>;

/** No fields. */
export const emptyFieldSet: FieldSet = new Map();

/** Collects paths into a set; give it up once `set` has been taken. */
export class FieldSetBuilder {
  private readonly root: GrowingSet = new Map();

  get set(): FieldSet {
    return this.root;
  }

  add(path: readonly string[]): void {
    let level = this.root;
    let node: GrowingNode | undefined;
    for (const element of path) {
      node = level.get(element);
      if (node === undefined) {
        node = { isMember: false, below: new Map() };
        level.set(element, node);
      }
      level = node.below;
    }
    if (node !== undefined) node.isMember = true;
  }
}

interface GrowingNode {
  isMember: boolean;
  below: GrowingSet;
}
type GrowingSet = Map<string, GrowingNode>;

/** The set of these paths, each a list of elements in text form. */
export function fieldSetOf(...paths: readonly (readonly string[])[]): FieldSet {
  const builder = new FieldSetBuilder();
  for (const path of paths) builder.add(path);
  return builder.set;
}

/** What is in either. */
export function union(left: FieldSet, right: FieldSet): FieldSet {
  if (left.size === 0 || left === right) return right;
  if (right.size === 0) return left;
  const result = new Map(left);
  for (const [element, node] of right) {
    const other = result.get(element);
    const both = (known: FieldNode): FieldNode => ({ isMember: known.isMember || node.isMember, below: union(known.below, node.below) });
    result.set(element, other === undefined ? node : both(other));
  }
  return result;
}

/** What is in both. */
export function intersection(left: FieldSet, right: FieldSet): FieldSet {
  return combine(left, right, (node, other) =>
    other === undefined ? undefined : { isMember: node.isMember && other.isMember, below: intersection(node.below, other.below) },
  );
}

/** What is in the first alone. */
export function difference(left: FieldSet, right: FieldSet): FieldSet {
  if (right.size === 0) return left;
  return combine(left, right, (node, other) =>
    other === undefined ? node : { isMember: node.isMember && !other.isMember, below: difference(node.below, other.below) },
  );
}

/** Each node of `left` as `decide` wants it, those that nothing is left of dropped. */
function combine(
  left: FieldSet,
  right: FieldSet,
  decide: (node: FieldNode, other: FieldNode | undefined) => FieldNode | undefined,
): FieldSet {
  const result = new Map<string, FieldNode>();
  for (const [element, node] of left) {
    const kept = decide(node, right.get(element));
    if (kept !== undefined && (kept.isMember || kept.below.size > 0)) result.set(element, kept);
  }
  return result;
}

/** Whether this very path is in the set. */
export function hasPath(set: FieldSet, path: readonly string[]): boolean {
  let level = set;
  let node: FieldNode | undefined;
  for (const element of path) {
    node = level.get(element);
    if (node === undefined) return false;
    level = node.below;
  }
  return node?.isMember === true;
}

/** Whether both hold the same paths. */
export function sameFields(left: FieldSet, right: FieldSet): boolean {
  if (left === right) return true;
  if (left.size !== right.size) return false;
  for (const [element, node] of left) {
    const other = right.get(element);
    if (other === undefined || other.isMember !== node.isMember || !sameFields(node.below, other.below)) return false;
  }
  return true;
}

/** The elements of one level, in Kubernetes' order. */
export function orderedElements(set: FieldSet): string[] {
  return [...set.keys()].sort(compareElements);
}

/** Every path in the set; of each level first the members, then what is below them, as Kubernetes lists conflicts. */
export function pathsOf(set: FieldSet): string[][] {
  const elements = orderedElements(set);
  const members = elements.filter((element) => set.get(element)?.isMember === true).map((element) => [element]);
  const below = elements.flatMap((element) => pathsOf(set.get(element)?.below ?? emptyFieldSet).map((path) => [element, ...path]));
  return [...members, ...below];
}
