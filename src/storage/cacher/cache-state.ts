import type { Kind } from "../../api/kinds/kind.js";
import type { Clock } from "../../base/clock.js";
import { unreachable } from "../../base/invariant.js";
import type { Log } from "../../base/log.js";
import type { Listing, Revision, StoredValue, StoreEvent } from "../interface.js";
import type { CacheMetrics } from "./cache-metrics.js";
import { type IndexedObject, type KeptObject, toIndexedObject } from "./cached-object.js";
import { Change } from "./change.js";
import { EventEncoder } from "./event-encoder.js";
import type { FeedTarget } from "./feeder.js";
import { type HistoryLimits, HistoryRing } from "./history-ring.js";
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
 * What a watch cache knows, and how the store's events change it. Each event is applied in one synchronous step: whoever
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
  /** Events up to here are the past of what was listed. */
  private listedAt: Revision = 0;
  /** Objects of the past by key, so that history is decoded once and not twice. */
  private past = new Map<string, KeptObject>();
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

  async load(listing: Listing, historyAfter: Revision | undefined): Promise<void> {
    this.deps.metrics.relists.inc(this.labels);
    this.past = new Map();
    if (historyAfter === undefined) {
      this.repair = this.becomeAs(listing);
      await this.repair;
      this.repair = undefined;
    } else {
      await this.fill(listing, historyAfter);
    }
    this.deps.metrics.objects.set(this.labels, this.index.size);
  }

  apply(event: StoreEvent): void {
    if (event.type !== "progress") this.applyChange(event);
    this.gate.advance(event.revision >= this.listedAt ? event.revision : 0);
    if (event.revision >= this.listedAt && this.past.size > 0) this.past = new Map();
  }

  private async fill(listing: Listing, historyAfter: Revision): Promise<void> {
    const pause = createTimeSlice(this.deps.clock);
    for (const stored of listing.values) {
      const object = this.decode(stored, "added");
      if (object !== undefined) this.index.put(object);
      await pause();
    }
    this.listedAt = listing.revision;
    this.ring.reset(historyAfter);
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
    this.listedAt = listing.revision;
    for (const object of [...plan.deleted, ...replaced]) {
      this.index.delete(object.key);
      this.tell(new Change(object.key, Math.max(this.gate.revision, object.revision), object.kept, undefined));
      await pause();
    }
    for (const current of changed) {
      const previous = this.index.get(current.key);
      this.index.put(current);
      this.tell(new Change(current.key, current.revision, previous?.kept, current.kept));
      await pause();
    }
    this.gate.advance(listing.revision);
  }

  private applyChange(event: ObjectEvent): void {
    const isPast = event.revision <= this.listedAt;
    const previous = isPast ? this.pastOf(event) : this.index.get(event.key)?.kept;
    const current = this.currentOf(event, previous === undefined ? "added" : "modified");
    if (previous === undefined && current === undefined) {
      // A deletion of which the object is not known cannot be told to anyone who resumes from before it.
      if (isPast) this.ring.reset(event.revision);
      return;
    }
    const change = new Change(event.key, event.revision, previous, current?.kept);
    this.ring.push(change);
    if (isPast) this.remember(event.key, current?.kept);
    else this.becomePresent(change, current);
  }

  private becomePresent(change: Change, current: IndexedObject | undefined): void {
    if (current === undefined) this.index.delete(change.key);
    else this.index.put(current);
    this.tell(change);
    this.deps.metrics.changes.inc(this.labels);
    this.deps.metrics.objects.set(this.labels, this.index.size);
  }

  private tell(change: Change): void {
    const told = this.watchers.dispatch(change);
    if (told > 0) this.deps.metrics.eventsSent.inc(this.labels, told);
  }

  private pastOf({ key, previous }: ObjectEvent): KeptObject | undefined {
    if (previous === undefined) return undefined;
    const known = this.past.get(key);
    return known?.revision === previous.revision ? known : this.decode(previous, "modified")?.kept;
  }

  private remember(key: string, current: KeptObject | undefined): void {
    if (current === undefined) this.past.delete(key);
    else this.past.set(key, current);
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

type ObjectEvent = Exclude<StoreEvent, { type: "progress" }>;
