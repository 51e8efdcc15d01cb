import type { Kind } from "../../api/kinds/kind.js";
import { abortable, type Deferred, deferred } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import { unreachable } from "../../base/invariant.js";
import type { Log } from "../../base/log.js";
import type { Listing, Revision, StoredValue, StoreEvent } from "../interface.js";
import { byRevision } from "./by-revision.js";
import type { CacheMetrics } from "./cache-metrics.js";
import { type IndexedObject, type KeptObject, toIndexedObject } from "./cached-object.js";
import { Change } from "./change.js";
import { EventEncoder } from "./event-encoder.js";
import type { FeedTarget } from "./feeder.js";
import { type HistoryLimits, HistoryRing } from "./history-ring.js";
import type { ObjectEvent } from "./history-window.js";
import { ObjectIndex } from "./object-index.js";
import { createPartition } from "./partition.js";
import { planRelist } from "./relist.js";
import { RevisionGate } from "./revision-gate.js";
import { createTimeSlice } from "./time-slice.js";
import { WatcherRegistry } from "./watcher-registry.js";

export interface CacheStateDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: CacheMetrics;
  readonly history?: HistoryLimits;
}

/**
 * What a watch cache knows, and how the store's events change it. Each revision is applied in one synchronous step: whoever
 * reads index, ring and gate without awaiting between sees them agree.
 */
export class CacheState implements FeedTarget {
  readonly index: ObjectIndex;
  readonly ring: HistoryRing;
  readonly watchers: WatcherRegistry;
  readonly encoder: EventEncoder;
  /** The revision up to which everything is known. Nothing is known until it has passed the first list's. */
  readonly gate = new RevisionGate();
  /**
   * Set while a repair is under way: in its midst the index is of no revision at all, and nobody may begin from it.
   * Whoever watches already is told of each change.
   */
  repair: Promise<void> | undefined;
  /** Set while history is still being read back; settles whenever there is more of it, or there will be no more. */
  private growing: Deferred<void> | undefined = deferred();
  private readonly labels: { readonly resource: string };

  constructor(
    private readonly kind: Kind,
    private readonly deps: CacheStateDeps,
  ) {
    const partition = createPartition(kind);
    this.index = new ObjectIndex(partition);
    this.watchers = new WatcherRegistry(partition);
    this.encoder = new EventEncoder(kind);
    this.ring = new HistoryRing(deps.clock, deps.history);
    this.labels = { resource: kind.plural };
  }

  async load(listing: Listing, isRepair: boolean): Promise<void> {
    this.deps.metrics.relists.inc(this.labels);
    if (isRepair) {
      this.repair = this.becomeAs(listing);
      await this.repair;
      this.repair = undefined;
    } else {
      await this.fill(listing);
    }
    this.deps.metrics.objects.set(this.labels, this.index.size);
  }

  apply(events: readonly StoreEvent[]): void {
    const changes: Change[] = [];
    for (const event of events) {
      const change = event.type === "progress" ? undefined : this.applyChange(event);
      if (change !== undefined) changes.push(change);
    }
    this.tell(changes);
    this.gate.advance(events[0]?.revision ?? 0);
  }

  async prepend(events: readonly ObjectEvent[], { after, upTo }: { readonly after: Revision; readonly upTo: Revision }): Promise<boolean> {
    const pause = createTimeSlice(this.deps.clock);
    const changes: Change[] = [];
    const versions = new Map<string, KeptObject>();
    let floor = after;
    for (const event of events) {
      const previous = event.previous === undefined ? undefined : this.versionOf(event.previous, versions);
      const current = this.currentOf(event, previous === undefined ? "added" : "modified")?.kept;
      if (current !== undefined) versions.set(event.key, current);
      if (previous === undefined && current === undefined) {
        // A deletion of which the object is not known cannot be told to anyone who resumes from before it.
        floor = event.revision;
        changes.length = 0;
      } else {
        changes.push(new Change(event.key, event.revision, previous, current));
      }
      await pause();
    }
    // Meanwhile a repair may have begun history anew, or the newest changes may have left no room for older ones.
    if (this.ring.oldest !== upTo) return false;
    const hasRoom = this.ring.prepend(changes, floor);
    this.growing?.resolve();
    if (this.growing !== undefined) this.growing = deferred();
    return hasRoom && floor === after;
  }

  endHistory(): void {
    this.growing?.resolve();
    this.growing = undefined;
  }

  /** Resolves once history reaches back to a revision, or as far as it ever will. */
  async reachBack(revision: Revision, signal: AbortSignal): Promise<void> {
    while (this.growing !== undefined && revision < this.ring.oldest) await abortable(this.growing.promise, signal);
  }

  private async fill(listing: Listing): Promise<void> {
    const pause = createTimeSlice(this.deps.clock);
    for (const stored of listing.values) {
      const object = this.decode(stored, "added");
      if (object !== undefined) this.index.put(object);
      await pause();
    }
    this.ring.reset(listing.revision);
    this.gate.advance(listing.revision);
  }

  /**
   * Tells watchers what a fresh list shows to have changed. When and in which order that happened is not known: the
   * deletions go first and carry the last revision known, so that nobody can resume between two changes of which one is
   * told; the ring begins anew, so that whoever resumes from before the list has to list too.
   */
  private async becomeAs(listing: Listing): Promise<void> {
    const pause = createTimeSlice(this.deps.clock);
    const plan = planRelist(this.index.list(), listing.values);
    const changed: IndexedObject[] = [];
    const replaced: IndexedObject[] = [];
    for (const stored of plan.changed) {
      const previous = this.index.get(stored.key);
      const current = this.decode(stored, previous === undefined ? "added" : "modified");
      if (current !== undefined) changed.push(current);
      // Deleted and made anew meanwhile: another object of the same name.
      if (previous !== undefined && previous.object.metadata.uid !== current?.object.metadata.uid) replaced.push(previous);
      await pause();
    }
    this.ring.reset(listing.revision);
    for (const object of [...plan.deleted, ...replaced]) {
      this.index.delete(object.key);
      this.tell([new Change(object.key, Math.max(this.gate.revision, object.revision), object.kept, undefined)]);
      await pause();
    }
    for (const objects of byRevision(changed)) {
      const changes = objects.map((current) => new Change(current.key, current.revision, this.index.get(current.key)?.kept, current.kept));
      for (const current of objects) this.index.put(current);
      this.tell(changes);
      await pause();
    }
    this.gate.advance(listing.revision);
  }

  /** Makes a change the present, and history. @returns what watchers are to be told */
  private applyChange(event: ObjectEvent): Change | undefined {
    const previous = this.index.get(event.key)?.kept;
    const current = this.currentOf(event, previous === undefined ? "added" : "modified");
    if (previous === undefined && current === undefined) return undefined;
    const change = new Change(event.key, event.revision, previous, current?.kept);
    this.ring.push(change);
    if (current === undefined) this.index.delete(change.key);
    else this.index.put(current);
    this.deps.metrics.changes.inc(this.labels);
    this.deps.metrics.objects.set(this.labels, this.index.size);
    return change;
  }

  /** Tells watchers what happened at one revision. */
  private tell(changes: readonly Change[]): void {
    const told = this.watchers.dispatch(changes);
    if (told > 0) this.deps.metrics.eventsSent.inc(this.labels, told);
  }

  private versionOf(stored: StoredValue, known: ReadonlyMap<string, KeptObject>): KeptObject | undefined {
    const version = known.get(stored.key);
    return version?.revision === stored.revision ? version : this.decode(stored, "modified")?.kept;
  }

  private currentOf(event: ObjectEvent, type: KeptObject["type"]): IndexedObject | undefined {
    switch (event.type) {
      case "put":
        return this.decode({ key: event.key, value: event.value, revision: event.revision }, type);
      case "delete":
        return undefined;
      default:
        return unreachable(event);
    }
  }

  private decode(stored: StoredValue, type: KeptObject["type"]): IndexedObject | undefined {
    // What the list has shown already is not decoded again to become history.
    const listed = this.index.get(stored.key);
    if (listed?.revision === stored.revision && listed.kept.type === type) return listed;
    try {
      return toIndexedObject({ kind: this.kind, encoder: this.encoder }, stored, type);
    } catch (error: unknown) {
      // One broken value must not take all the others of its kind away; it is left out until it is written anew.
      this.deps.log.error("a stored object cannot be decoded", { key: stored.key, revision: stored.revision, error });
      return undefined;
    }
  }
}
