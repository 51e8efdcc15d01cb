import { type ClusterEvent, type ClusterEventKind, clusterEventKinds, mayHelp, type WakeHints } from "../framework/cluster-event.js";
import type { Entry } from "./queued-pod.js";

const none: ReadonlySet<Entry> = new Set();

/**
 * The pods that no node suits until something changes, by what may help them: an event visits only those that were
 * refused by a plugin that cares for its kind, so that thousands of placements a second do not visit thousands of pods.
 */
export class Sleepers {
  /** Those that have waited longest come first. */
  private readonly entries = new Set<Entry>();
  private readonly byHints = new Map<ClusterEventKind, Map<WakeHints, Set<Entry>>>(clusterEventKinds.map((kind) => [kind, new Map()]));

  get size(): number {
    return this.entries.size;
  }

  /** The one that has waited longest. */
  oldest(): Entry | undefined {
    const [entry] = this.entries;
    return entry;
  }

  add(entry: Entry): void {
    this.entries.add(entry);
    this.forEachIndex(entry, (index, hints) => {
      const present = index.get(hints);
      if (present === undefined) index.set(hints, new Set([entry]));
      else present.add(entry);
    });
  }

  delete(entry: Entry): void {
    if (!this.entries.delete(entry)) return;
    this.forEachIndex(entry, (index, hints) => {
      const present = index.get(hints);
      present?.delete(entry);
      if (present?.size === 0) index.delete(hints);
    });
  }

  /** Those that an event may help. */
  wokenBy(event: ClusterEvent): ReadonlySet<Entry> {
    const index = this.byHints.get(event.kind);
    if (index === undefined || index.size === 0) return none;
    const woken = new Set<Entry>();
    for (const [hints, entries] of index) {
      for (const entry of entries) if (!woken.has(entry) && mayHelp(hints, event, entry.queued.pod)) woken.add(entry);
    }
    return woken;
  }

  private forEachIndex(entry: Entry, each: (index: Map<WakeHints, Set<Entry>>, hints: WakeHints) => void): void {
    for (const [kind, index] of this.byHints) {
      for (const hints of entry.hints) if (hints[kind] !== undefined) each(index, hints);
    }
  }
}
