import { packAnyBytes } from "../../api/codec/any.js";
import { encodeObject } from "../../api/codec/encode.js";
import { makeWhole } from "../../api/codec/whole.js";
import type { Kind } from "../../api/kinds/kind.js";
import { EventType, WatchResponse } from "../../gen/howbernetes/api/v1/resources.js";
import type { Revision } from "../interface.js";

/** What a change looks like through a watcher's selectors. */
export type ChangeType = "added" | "modified" | "deleted";

/** Annotation of the bookmark that ends a watch's initial state. */
export const initialEventsEnd = "k8s.io/initial-events-end";

const eventTypes: Readonly<Record<ChangeType, EventType>> = {
  added: EventType.ADDED,
  modified: EventType.MODIFIED,
  deleted: EventType.DELETED,
};

/** Encodes WatchResponse messages about one kind. */
export class EventEncoder {
  constructor(private readonly kind: Kind) {}

  /** An event about an object that is encoded already. */
  event(type: ChangeType, bytes: Uint8Array): Buffer {
    return this.response(eventTypes[type], bytes);
  }

  /** News that nothing up to `revision` is missing; `initialEnd` marks the end of the initial state. */
  bookmark(revision: Revision, initialEnd = false): Buffer {
    const annotations = initialEnd ? { [initialEventsEnd]: "true" } : {};
    const marker = makeWhole(this.kind, { metadata: { resourceVersion: String(revision), annotations } });
    return this.response(EventType.BOOKMARK, encodeObject(this.kind, marker));
  }

  private response(type: EventType, bytes: Uint8Array): Buffer {
    return Buffer.from(WatchResponse.encode({ type, object: packAnyBytes(this.kind, bytes) }).finish());
  }
}
