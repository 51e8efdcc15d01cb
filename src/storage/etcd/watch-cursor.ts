import type { Revision, StoreEvent } from "../interface.js";
import type { EtcdEvent, WatchResponse } from "./watch-messages.js";

/**
 * How far a watch has delivered. A revision may have changed several keys and may be split over messages, so that of
 * the last revision the keys are remembered until it is known to be complete.
 */
export interface WatchCursor {
  readonly revision: Revision;
  /** Keys of `revision` that were delivered; undefined when all were. */
  readonly delivered: ReadonlySet<string> | undefined;
}

/** What a message means for a watch. */
export interface WatchStep {
  readonly cursor: WatchCursor;
  readonly events: readonly StoreEvent[];
  /** Why no more messages will come, if so. */
  readonly end?: { readonly type: "compacted"; readonly revision: Revision } | { readonly type: "canceled"; readonly reason: string };
}

/** The cursor of a watch that wants everything after a revision. */
export function cursorAfter(revision: Revision): WatchCursor {
  return { revision, delivered: undefined };
}

/**
 * The revision from which etcd is asked to (re)start: the last one seen, not the one after it. What was delivered of
 * it is passed over; in return an incomplete revision is completed, and a compaction exactly at the next revision is
 * reported, where etcd might else leave out a deletion.
 */
export function startRevision({ revision }: WatchCursor): Revision {
  // To etcd 0 means "from now on".
  return Math.max(1, revision);
}

/**
 * Takes a message. The cursor moves by the events' own revisions, for the header of a message to a watch that lags is
 * already at the present; by the header only when there are no events, which is etcd's word that there were none; and
 * never by "created".
 */
export function takeResponse(cursor: WatchCursor, response: WatchResponse): WatchStep {
  if (response.compact_revision > 0) return { cursor, events: [], end: { type: "compacted", revision: response.compact_revision } };
  if (response.canceled) return { cursor, events: [], end: { type: "canceled", reason: response.cancel_reason } };
  if (response.created) return { cursor, events: [] };
  if (response.events.length === 0) return takeProgress(cursor, response.header?.revision ?? 0);

  let next = cursor;
  const events: StoreEvent[] = [];
  for (const event of response.events) {
    const { mod_revision: revision, key: keyBytes } = event.kv;
    const key = keyBytes.toString();
    if (isDelivered(next, revision, key)) continue;
    const keys = revision === next.revision ? (next.delivered ?? []) : [];
    next = { revision, delivered: new Set([...keys, key]) };
    events.push(storeEvent(event, key));
  }
  return { cursor: response.fragment ? next : { revision: next.revision, delivered: undefined }, events };
}

function takeProgress(cursor: WatchCursor, revision: Revision): WatchStep {
  // A member that lags, or a watch of the future, has nothing to say yet.
  if (revision < cursor.revision) return { cursor, events: [] };
  return { cursor: cursorAfter(revision), events: [{ type: "progress", revision }] };
}

function isDelivered(cursor: WatchCursor, revision: Revision, key: string): boolean {
  if (revision !== cursor.revision) return revision < cursor.revision;
  return cursor.delivered === undefined || cursor.delivered.has(key);
}

function storeEvent({ type, kv, prev_kv: before }: EtcdEvent, key: string): StoreEvent {
  const revision = kv.mod_revision;
  const previous = before === null ? {} : { previous: { key, value: before.value, revision: before.mod_revision } };
  return type === "Delete" ? { type: "delete", key, revision, ...previous } : { type: "put", key, value: kv.value, revision, ...previous };
}
