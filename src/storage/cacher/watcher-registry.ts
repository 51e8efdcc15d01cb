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

  /** @returns to how many watchers it was told */
  dispatch(change: Change): number {
    const before = change.previous === undefined ? [] : this.partition.of(change.previous.facets);
    const after = change.current === undefined ? [] : this.partition.of(change.current.facets);
    let told = 0;
    for (const part of new Set([...before, ...after, byKey(change.key)])) {
      for (const watcher of this.parts.get(part) ?? []) if (watcher.offer(change)) told += 1;
    }
    return told;
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
