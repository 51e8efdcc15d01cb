import type { Kind } from "../api/kinds/kind.js";
import type { ObjectKey } from "../api/object.js";
import type { ApiClient } from "./contracts.js";
import { OwnWrites } from "./own-writes.js";
import { recordingClient } from "./recording-client.js";

/** The part of an informer that is waited for. */
interface Reachable {
  reached(resourceVersion: string, signal: AbortSignal): Promise<void>;
}

/**
 * Keeps a reconcile from deciding on a cache that does not show yet what an earlier one of the same key wrote: it would
 * create the same thing twice. Writes of kinds that are not cached are not waited for, for no decision rests on a cache
 * of them.
 */
export class OwnWriteWaits {
  private readonly writes = new Map<string, OwnWrites>();

  constructor(private readonly cachesOf: (kind: Pick<Kind, "typeName">) => readonly Reachable[]) {}

  /** The client, its writes recorded as made for `key`. */
  recorded(client: ApiClient, key: ObjectKey): ApiClient {
    return recordingClient(client, ({ typeName }, resourceVersion) => {
      if (this.cachesOf({ typeName }).length === 0) return;
      const ofKind = this.writes.get(typeName) ?? new OwnWrites();
      this.writes.set(typeName, ofKind);
      ofKind.record(key, resourceVersion);
    });
  }

  /** Resolves once the caches show all that was written for `key`, which is then forgotten. */
  async untilSeen(key: ObjectKey, signal: AbortSignal): Promise<void> {
    for (const [typeName, ofKind] of this.writes) {
      const revision = ofKind.lastRevision(key);
      for (const cache of this.cachesOf({ typeName })) await cache.reached(revision, signal);
      ofKind.forget(key);
    }
  }
}
