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
  const changes: Change[] = [];
  const stop = new AbortController();
  try {
    if (count === 0) return changes;
    for await (const event of store.watch(prefix, after, stop.signal)) {
      if (event.type === "progress") continue;
      changes.push(describeChange(event));
      if (changes.length === count) break;
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
      const { value: event, done } = await next;
      if (done === true) throw new Error("the watch ended");
      if (event.type === "progress" && event.revision >= reached) return changes;
      if (event.type !== "progress") changes.push(describeChange(event));
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
