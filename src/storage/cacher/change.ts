import type { Revision } from "../interface.js";
import { bytesOf, type KeptObject } from "./cached-object.js";
import type { ChangeType, EventEncoder } from "./event-encoder.js";
import { inScope } from "./facets.js";
import type { Scope } from "./interface.js";

/**
 * One change of one object. It is encoded at most once per type, however many watchers see it: all of them are handed
 * the same Buffer.
 */
export class Change {
  /** What selectors made of it, and deletions; the usual event comes with the object. */
  private encoded: Map<ChangeType, Buffer> | undefined;

  constructor(
    readonly key: string,
    readonly revision: Revision,
    /** Absent when the object is new. */
    readonly previous: KeptObject | undefined,
    /** Absent when the object is gone. */
    readonly current: KeptObject | undefined,
  ) {}

  /** The WatchResponse with which a watcher is told. */
  as(type: ChangeType, encoder: EventEncoder): Buffer {
    const { current } = this;
    if (current?.type === type) return current.message;
    let buffer = this.encoded?.get(type);
    if (buffer === undefined) {
      buffer = this.encode(type, encoder);
      this.encoded ??= new Map();
      this.encoded.set(type, buffer);
    }
    return buffer;
  }

  private encode(type: ChangeType, encoder: EventEncoder): Buffer {
    // Who is told of a deletion gets the object as it was, at the revision at which it went: from there a watch can resume.
    if (type === "deleted") return encoder.at(this.revision, type, bytesOrNone(this.previous ?? this.current));
    return encoder.event(type, bytesOrNone(this.current ?? this.previous));
  }
}

const bytesOrNone = (object: KeptObject | undefined): Uint8Array => (object === undefined ? new Uint8Array(0) : bytesOf(object));

/** How a watcher of `scope` sees a change: starting or ceasing to match is a coming or a going. Undefined when it sees nothing. */
export function seenAs(scope: Scope, change: Pick<Change, "previous" | "current">): ChangeType | undefined {
  const before = change.previous !== undefined && inScope(scope, change.previous.facets);
  const after = change.current !== undefined && inScope(scope, change.current.facets);
  if (after) return before ? "modified" : "added";
  return before ? "deleted" : undefined;
}
