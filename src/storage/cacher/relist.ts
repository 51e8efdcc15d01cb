import type { StoredValue } from "../interface.js";
import type { IndexedObject } from "./cached-object.js";

/** What turns the objects that a cache knows into those that a fresh list shows. */
export interface RelistPlan {
  readonly deleted: readonly IndexedObject[];
  /** In order of revision. */
  readonly changed: readonly StoredValue[];
}

/** Compares what is known with what is there: the changes that were missed, as far as they can still be told. */
export function planRelist(known: readonly IndexedObject[], listed: readonly StoredValue[]): RelistPlan {
  const present = new Set(listed.map(({ key }) => key));
  const revisions = new Map(known.map(({ key, revision }) => [key, revision]));
  return {
    deleted: known.filter(({ key }) => !present.has(key)),
    changed: listed.filter(({ key, revision }) => revisions.get(key) !== revision).sort((a, b) => a.revision - b.revision),
  };
}
