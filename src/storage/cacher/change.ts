import { spliceResourceVersion } from "../../api/codec/resource-version.js";
import type { Revision } from "../interface.js";
import type { ChangeType, EventEncoder } from "./event-encoder.js";
import type { CachedObject, Scope } from "./interface.js";

/**
 * One change of one object. It is encoded at most once per type, however many watchers see it: all of them are handed
 * the same Buffer.
 */
export class Change {
  private readonly encoded = new Map<ChangeType, Buffer>();

  constructor(
    readonly key: string,
    readonly revision: Revision,
    /** Absent when the object is new. */
    readonly previous: CachedObject | undefined,
    /** Absent when the object is gone. */
    readonly current: CachedObject | undefined,
  ) {}

  /** The WatchResponse with which a watcher is told. */
  as(type: ChangeType, encoder: EventEncoder): Buffer {
    let buffer = this.encoded.get(type);
    if (buffer === undefined) {
      buffer = encoder.event(type, type === "deleted" ? this.lastBytes() : this.presentBytes());
      this.encoded.set(type, buffer);
    }
    return buffer;
  }

  private presentBytes(): Uint8Array {
    return (this.current ?? this.previous)?.bytes ?? Buffer.alloc(0);
  }

  /** The object as it was, at the revision at which it went: from there a watch can resume. */
  private lastBytes(): Uint8Array {
    return spliceResourceVersion((this.previous ?? this.current)?.bytes ?? Buffer.alloc(0), this.revision);
  }
}

/** Whether an object is one that `scope` selects. */
export function inScope(scope: Scope, { object }: CachedObject): boolean {
  return (
    (scope.namespace === "" || object.metadata.namespace === scope.namespace) &&
    (scope.labels.empty || scope.labels.matches(object.metadata.labels)) &&
    (scope.fields.empty || scope.fields.matches(object))
  );
}

/** How a watcher of `scope` sees a change: starting or ceasing to match is a coming or a going. Undefined when it sees nothing. */
export function seenAs(scope: Scope, change: Pick<Change, "previous" | "current">): ChangeType | undefined {
  const before = change.previous !== undefined && inScope(scope, change.previous);
  const after = change.current !== undefined && inScope(scope, change.current);
  if (after) return before ? "modified" : "added";
  return before ? "deleted" : undefined;
}
