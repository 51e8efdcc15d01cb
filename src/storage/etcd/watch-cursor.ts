import type { Revision, StoreEvent } from "../interface.js";
import type { EtcdEvent, WatchResponse } from "./watch-messages.js";

/** How far a watch has delivered. */
export interface WatchCursor {
  /** Everything up to here. */
  readonly revision: Revision;
  /** What has come of a later revision whose end is still to come, since etcd sends a large message in fragments. */
  readonly held: readonly ChangeEvent[];
}

type ChangeEvent = Exclude<StoreEvent, { type: "progress" }>;

/** What a message means for a watch. */
export interface WatchStep {
  readonly cursor: WatchCursor;
  readonly events: readonly StoreEvent[];
  /** Why no more messages will come, if so. */
  readonly end?: { readonly type: "compacted"; readonly revision: Revision } | { readonly type: "canceled"; readonly reason: string };
}

/** The cursor of a watch that wants everything after a revision. */
export function cursorAfter(revision: Revision): WatchCursor {
  return { revision, held: [] };
}

/**
 * The revision from which etcd is asked to (re)start: the last one delivered, not the one after it. It is passed over;
 * in return a compaction exactly at the next revision is reported, where etcd might else leave out a deletion.
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

  const news = response.events.filter(({ kv }) => kv.mod_revision > cursor.revision).map(storeEvent);
  const events = [...cursor.held, ...news];
  const last = events.at(-1)?.revision ?? cursor.revision;
  if (!response.fragment) return { cursor: cursorAfter(last), events };
  const whole = events.filter(({ revision }) => revision < last);
  const held = events.slice(whole.length);
  return { cursor: { revision: whole.at(-1)?.revision ?? cursor.revision, held }, events: whole };
}

function takeProgress(cursor: WatchCursor, revision: Revision): WatchStep {
  // A member that lags, or a watch of the future, has nothing to say yet.
  if (revision < cursor.revision || cursor.held.length > 0) return { cursor, events: [] };
  return { cursor: cursorAfter(revision), events: [{ type: "progress", revision }] };
}

function storeEvent({ type, kv, prev_kv: before }: EtcdEvent): ChangeEvent {
  const revision = kv.mod_revision;
  const key = kv.key.toString();
  const previous = before === null ? {} : { previous: { key, value: before.value, revision: before.mod_revision } };
  return type === "Delete" ? { type: "delete", key, revision, ...previous } : { type: "put", key, value: kv.value, revision, ...previous };
}
