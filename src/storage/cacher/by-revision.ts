import type { Revision } from "../interface.js";

/** Puts together what is of one revision, in an order of revisions: what a reader has to be shown all of, or nothing. */
export function* byRevision<Item extends { readonly revision: Revision }>(items: readonly Item[]): Generator<readonly Item[], void, void> {
  for (let start = 0; start < items.length; ) {
    const revision = items[start]?.revision;
    let end = start + 1;
    while (items[end]?.revision === revision && end < items.length) end += 1;
    yield items.length === end - start ? items : items.slice(start, end);
    start = end;
  }
}
