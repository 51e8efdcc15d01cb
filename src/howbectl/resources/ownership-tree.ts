import type { KindObject } from "../printers/object-format.js";

/** An object, and how deep it stands under the one that the tree is of. */
export interface TreeEntry {
  readonly item: KindObject;
  /** What stands before its name: lines to its owner. */
  readonly branch: string;
}

/** Who owns whom among some objects, by their owner references. */
export class OwnershipTree {
  private readonly dependents = new Map<string, KindObject[]>();
  private readonly uids: ReadonlySet<string>;

  constructor(private readonly items: readonly KindObject[]) {
    this.uids = new Set(items.map(uidOf));
    for (const item of items) {
      for (const uid of ownersOf(item)) this.dependents.set(uid, [...(this.dependents.get(uid) ?? []), item]);
    }
  }

  /** Objects that nobody here owns: they stand on their own, or their owner is gone or elsewhere. */
  roots(): readonly KindObject[] {
    return this.items.filter((item) => !ownersOf(item).some((uid) => this.uids.has(uid)));
  }

  hasDependents(item: KindObject): boolean {
    return this.dependents.has(uidOf(item));
  }

  /** An object and all that it owns, each under its owner; one with several owners under each of them. */
  under(root: KindObject): readonly TreeEntry[] {
    return [{ item: root, branch: "" }, ...this.below(root, "", [uidOf(root)])];
  }

  /** @param path uids from the root down: who owns himself is not followed round and round */
  private below(owner: KindObject, margin: string, path: readonly string[]): TreeEntry[] {
    const children = [...(this.dependents.get(uidOf(owner)) ?? [])].filter((child) => !path.includes(uidOf(child))).sort(byKindAndName);
    return children.flatMap((item, index) => {
      const isLast = index === children.length - 1;
      const entry = { item, branch: `${margin}${isLast ? "└─" : "├─"}` };
      return [entry, ...this.below(item, `${margin}${isLast ? "  " : "│ "}`, [...path, uidOf(item)])];
    });
  }
}

const uidOf = ({ object }: KindObject): string => object.metadata.uid;
const ownersOf = ({ object }: KindObject): string[] => object.metadata.ownerReferences.flatMap(({ uid }) => uid ?? []);

function byKindAndName(a: KindObject, b: KindObject): number {
  return a.kind.kind.localeCompare(b.kind.kind) || a.object.metadata.name.localeCompare(b.object.metadata.name, "en", { numeric: true });
}
