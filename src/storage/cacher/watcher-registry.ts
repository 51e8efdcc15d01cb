import type { Change } from "./change.js";
import type { Partition } from "./partition.js";
import type { Watcher } from "./watcher.js";

/** The watchers of one kind, sorted by part: a change is offered only to those whose part it touches. */
export class WatcherRegistry {
  private readonly parts = new Map<string, Set<Watcher>>();
  private readonly watchers = new Set<Watcher>();

  constructor(private readonly partition: Partition) {}

  get size(): number {
    return this.watchers.size;
  }

  add(watcher: Watcher): void {
    const part = this.partition.covering(watcher.scope);
    const members = this.parts.get(part) ?? new Set();
    members.add(watcher);
    this.parts.set(part, members);
    this.watchers.add(watcher);
  }

  remove(watcher: Watcher): void {
    if (!this.watchers.delete(watcher)) return;
    const part = this.partition.covering(watcher.scope);
    const members = this.parts.get(part);
    members?.delete(watcher);
    if (members?.size === 0) this.parts.delete(part);
  }

  dispatch(change: Change): void {
    const before = change.previous === undefined ? [] : this.partition.of(change.previous);
    const after = change.current === undefined ? [] : this.partition.of(change.current);
    for (const part of new Set([...before, ...after])) {
      for (const watcher of this.parts.get(part) ?? []) watcher.offer(change);
    }
  }

  [Symbol.iterator](): Iterator<Watcher> {
    return this.watchers.values();
  }
}
