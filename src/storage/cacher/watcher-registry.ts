import type { Change } from "./change.js";
import type { Partition } from "./partition.js";
import type { Watcher } from "./watcher.js";

/** The watchers of one kind, sorted by part, or by key if they watch one object: a change is offered only to those that it concerns. */
export class WatcherRegistry {
  private readonly parts = new Map<string, Set<Watcher>>();
  private readonly watchers = new Set<Watcher>();

  constructor(private readonly partition: Partition) {}

  get size(): number {
    return this.watchers.size;
  }

  add(watcher: Watcher): void {
    const part = this.partOf(watcher);
    const members = this.parts.get(part) ?? new Set();
    members.add(watcher);
    this.parts.set(part, members);
    this.watchers.add(watcher);
  }

  remove(watcher: Watcher): void {
    if (!this.watchers.delete(watcher)) return;
    const part = this.partOf(watcher);
    const members = this.parts.get(part);
    members?.delete(watcher);
    if (members?.size === 0) this.parts.delete(part);
  }

  /** Offers what happened at one revision to each watcher, all at once. @returns how many events that made */
  dispatch(changes: readonly Change[]): number {
    const [only] = changes;
    let told = 0;
    if (only !== undefined && changes.length === 1) {
      for (const watchers of this.concernedBy(only)) for (const watcher of watchers) if (watcher.offer(only)) told += 1;
      return told;
    }
    const offers = new Map<Watcher, Change[]>();
    for (const change of changes) {
      for (const watchers of this.concernedBy(change)) {
        for (const watcher of watchers) {
          const offered = offers.get(watcher);
          if (offered === undefined) offers.set(watcher, [change]);
          else offered.push(change);
        }
      }
    }
    for (const [watcher, offered] of offers) told += watcher.offerAll(offered);
    return told;
  }

  private concernedBy({ key, previous, current }: Change): readonly ReadonlySet<Watcher>[] {
    const before = previous === undefined ? [] : this.partition.of(previous.facets);
    const after = current === undefined ? [] : this.partition.of(current.facets);
    const concerned: Set<Watcher>[] = [];
    for (const part of new Set([...before, ...after, byKey(key)])) {
      const watchers = this.parts.get(part);
      if (watchers !== undefined) concerned.push(watchers);
    }
    return concerned;
  }

  [Symbol.iterator](): Iterator<Watcher> {
    return this.watchers.values();
  }

  private partOf({ scope }: Watcher): string {
    const key = this.partition.single(scope);
    return key === undefined ? this.partition.covering(scope) : byKey(key);
  }
}

const byKey = (key: string): string => `key${key}`;
