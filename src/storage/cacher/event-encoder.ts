import { typeUrl } from "../../api/codec/any.js";
import { encodeObject } from "../../api/codec/encode.js";
import { spliceBehind } from "../../api/codec/resource-version.js";
import { readVarint, varintLength, writeVarint } from "../../api/codec/varint.js";
import { makeWhole } from "../../api/codec/whole.js";
import type { Kind } from "../../api/kinds/kind.js";
import { EventType } from "../../gen/howbernetes/api/v1/resources.js";
import type { Revision, StoredValue } from "../interface.js";

/** What a change looks like through a watcher's selectors. */
export type ChangeType = "added" | "modified" | "deleted";

/** Annotation of the bookmark that ends a watch's initial state. */
export const initialEventsEnd = "k8s.io/initial-events-end";

const eventTypes: Readonly<Record<ChangeType, EventType>> = {
  added: EventType.ADDED,
  modified: EventType.MODIFIED,
  deleted: EventType.DELETED,
};

// Tags of WatchResponse.events, WatchEvent.type, WatchEvent.object, Any.type_url and Any.value.
const eventsTag = 0x0a;
const typeTag = 0x08;
const objectTag = 0x12;
const typeUrlTag = 0x0a;
const valueTag = 0x12;

/**
 * Encodes WatchResponse messages of one event about one kind. Written by hand, because an object's bytes then need no
 * more than to be put behind a head that says how long they are. Put behind one another, such messages are one message
 * of all their events.
 */
export class EventEncoder {
  private readonly url: Buffer;

  constructor(private readonly kind: Kind) {
    this.url = Buffer.from(typeUrl(kind.typeName));
  }

  /** An event about an object that is encoded already. */
  event(type: ChangeType, bytes: Uint8Array): Buffer {
    return this.response(eventTypes[type], bytes);
  }

  /** An event about an object as the store keeps it; its bytes, resourceVersion spliced in, begin at `offset`. */
  stored(type: ChangeType, { value, revision }: StoredValue): { readonly message: Buffer; readonly offset: number } {
    let offset = 0;
    const message = spliceBehind(
      (length) => {
        const head = this.head(eventTypes[type], length);
        offset = head.length;
        return head;
      },
      value,
      revision,
    );
    return { message, offset };
  }

  /** An event about an object that is encoded already, at another revision than the one that is in its bytes. */
  at(revision: Revision, type: ChangeType, bytes: Uint8Array): Buffer {
    return spliceBehind((length) => this.head(eventTypes[type], length), bytes, revision);
  }

  /** News that nothing up to `revision` is missing; `initialEnd` marks the end of the initial state. */
  bookmark(revision: Revision, initialEnd = false): Buffer {
    const annotations = initialEnd ? { [initialEventsEnd]: "true" } : {};
    const marker = makeWhole(this.kind, { metadata: { resourceVersion: String(revision), annotations } });
    return this.response(EventType.BOOKMARK, encodeObject(this.kind, marker));
  }

  private response(type: EventType, bytes: Uint8Array): Buffer {
    return Buffer.concat([this.head(type, bytes.length), bytes]);
  }

  /** All of a message but the object, which ends it. */
  private head(type: EventType, length: number): Buffer {
    const { url } = this;
    const anyLength = 1 + varintLength(url.length) + url.length + 1 + varintLength(length) + length;
    const eventLength = 3 + varintLength(anyLength) + anyLength;
    const head = Buffer.allocUnsafe(1 + varintLength(eventLength) + eventLength - length);
    head[0] = eventsTag;
    let at = writeVarint(head, 1, eventLength);
    head[at] = typeTag;
    head[at + 1] = type;
    head[at + 2] = objectTag;
    at = writeVarint(head, at + 3, anyLength);
    head[at] = typeUrlTag;
    at = writeVarint(head, at + 1, url.length);
    head.set(url, at);
    at += url.length;
    head[at] = valueTag;
    writeVarint(head, at + 1, length);
    return head;
  }
}

/** How many events a WatchResponse carries. */
export function countEvents(message: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < message.length; count += 1) {
    const length = readVarint(message, at + 1, message.length);
    at = length.end + length.value;
  }
  return count;
}
