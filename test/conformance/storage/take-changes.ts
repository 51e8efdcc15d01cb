import type { Revision, Store, StoreEvent } from "../../../src/storage/interface.js";
import { text } from "./bytes.js";

/** A change as a line: what it did to which key, at which revision, and what was there before. */
export interface Change {
  readonly type: "put" | "delete";
  readonly key: string;
  readonly revision: Revision;
  readonly value: string | undefined;
  readonly previous: string | undefined;
}

/** The next `count` changes that a watch delivers; progress is passed over. */
export async function takeChanges(store: Store, prefix: string, after: Revision, count: number): Promise<readonly Change[]> {
  return (await takeWholeRevisions(store, prefix, after, count)).slice(0, count);
}

/** So many changes or more, up to the end of a revision. */
export async function takeWholeRevisions(store: Store, prefix: string, after: Revision, count: number): Promise<readonly Change[]> {
  const changes: Change[] = [];
  const stop = new AbortController();
  try {
    if (count === 0) return changes;
    for await (const events of store.watch(prefix, after, stop.signal)) {
      for (const event of events) if (event.type !== "progress") changes.push(describeChange(event));
      if (changes.length >= count) break;
    }
    return changes;
  } finally {
    stop.abort();
  }
}

/**
 * Every change that a watch delivers before it reports progress: with all of them made before, all that there are.
 * Asks again until it does, since a watch that is still catching up may let a request pass.
 */
export async function changesUntilProgress(store: Store, prefix: string, after: Revision): Promise<readonly Change[]> {
  const changes: Change[] = [];
  const stop = new AbortController();
  const reached = await store.currentRevision();
  try {
    const watch = store.watch(prefix, after, stop.signal)[Symbol.asyncIterator]();
    let next = watch.next();
    await store.requestProgress();
    for (;;) {
      const { value: events, done } = await next;
      if (done === true) throw new Error("the watch ended");
      for (const event of events) {
        if (event.type === "progress" && event.revision >= reached) return changes;
        if (event.type !== "progress") changes.push(describeChange(event));
      }
      next = watch.next();
    }
  } finally {
    stop.abort();
  }
}

/** An event in comparable form. */
export function describeChange(event: Exclude<StoreEvent, { type: "progress" }>): Change {
  const value = event.type === "put" ? text(event) : undefined;
  return { type: event.type, key: event.key, revision: event.revision, value, previous: text(event.previous) };
}

/** What a watch delivers until it has told of so many changes. */
export async function takeBatches(
  store: Store,
  prefix: string,
  after: Revision,
  changes: number,
): Promise<readonly (readonly StoreEvent[])[]> {
  const stop = new AbortController();
  const batches: (readonly StoreEvent[])[] = [];
  for await (const events of store.watch(prefix, after, stop.signal)) {
    batches.push(events);
    if (batches.flat().filter(({ type }) => type !== "progress").length >= changes) break;
  }
  stop.abort();
  return batches;
}

/** The revisions whose changes came in more than one batch. */
export function splitRevisions(batches: readonly (readonly StoreEvent[])[]): readonly Revision[] {
  const told = batches.map((events) => new Set(events.flatMap(({ type, revision }) => (type === "progress" ? [] : [revision]))));
  const all = told.flatMap((revisions) => [...revisions]);
  return all.filter((revision, place) => all.indexOf(revision) !== place);
}
