/** An object's content as the checker sees it: which client last wrote which number into its own field. */
export type Fields = Readonly<Record<string, number>>;

/** What a client asked of one key. */
export type Request =
  | { readonly verb: "create"; readonly fields: Fields }
  /** Replaces the object if it still is at `ifRevision`. */
  | { readonly verb: "update"; readonly fields: Fields; readonly ifRevision: number }
  /** Sets one field and leaves the others. */
  | { readonly verb: "patch"; readonly field: string; readonly value: number }
  /** Without `ifRevision`, whatever is there goes. */
  | { readonly verb: "delete"; readonly ifRevision?: number }
  | { readonly verb: "get" };

/** What came of it. "unknown": the answer was lost, so it may have happened, may yet happen, or never will. */
export type Outcome =
  | { readonly result: "ok"; readonly revision: number; readonly fields: Fields }
  | { readonly result: "exists" | "absent" | "conflict" | "unknown" };

/** One call, from the moment it was made to the moment it was answered, by one clock for all clients. */
export interface Operation {
  readonly client: string;
  readonly key: string;
  readonly request: Request;
  readonly outcome: Outcome;
  /** Ticks of the recorder: no two moments share one. */
  readonly called: number;
  readonly returned: number;
}

/** One event of a watch. */
export interface Observed {
  readonly type: "added" | "modified" | "deleted";
  readonly key: string;
  readonly revision: number;
  readonly fields: Fields;
}

/** What one watcher saw, from one revision to another. */
export interface WatchRecord {
  readonly watcher: string;
  /** What was there when the watch began, by key. */
  readonly initial: readonly Observed[];
  /** The revision that `initial` shows. */
  readonly from: number;
  /** Everything after `from`, in the order of arrival. */
  readonly events: readonly Observed[];
  /** The watch is known to have seen everything up to here. */
  readonly until: number;
}

/** Everything that clients did and saw. */
export interface History {
  readonly operations: readonly Operation[];
  readonly watches: readonly WatchRecord[];
}

/** Whether two contents are the same. */
export function sameFields(left: Fields, right: Fields): boolean {
  const names = Object.keys(left);
  return names.length === Object.keys(right).length && names.every((name) => left[name] === right[name]);
}

/** A content as text, the same for the same content. */
export function formatFields(fields: Fields): string {
  const entries = Object.entries(fields).sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([name, value]) => `${name}:${value}`).join(" ")}}`;
}
