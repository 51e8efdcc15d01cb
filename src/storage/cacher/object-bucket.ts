import type { IndexedObject } from "./cached-object.js";

/** Where an object is, whichever version of it; empty once it is deleted. */
interface Slot {
  object: IndexedObject | undefined;
}

// So many empty slots, and as many as there are objects, are worth a walk through all of them.
const fewEmptied = 16;

/**
 * Objects by store key, listed in key order. Keys are put in order when a list asks for it: a change costs the same
 * however many objects there are, and a list of what has no new keys is a walk through them.
 */
export class ObjectBucket {
  private readonly slots = new Map<string, Slot>();
  /** In key order, the empty ones not counted. */
  private sorted: Slot[] = [];
  /** Those that came since, in any order. */
  private added: Slot[] = [];
  private emptied = 0;

  get size(): number {
    return this.slots.size;
  }

  get(key: string): IndexedObject | undefined {
    return this.slots.get(key)?.object;
  }

  put(object: IndexedObject): void {
    const known = this.slots.get(object.key);
    if (known === undefined) this.add(object);
    else known.object = object;
  }

  delete(key: string): void {
    const slot = this.slots.get(key);
    if (slot === undefined) return;
    this.slots.delete(key);
    slot.object = undefined;
    this.emptied++;
    if (this.emptied > this.slots.size + fewEmptied) this.putInOrder();
  }

  /** A snapshot in key order. */
  list(): IndexedObject[] {
    if (this.added.length > 0 || this.emptied > 0) this.putInOrder();
    const objects: IndexedObject[] = [];
    for (const { object } of this.sorted) if (object !== undefined) objects.push(object);
    return objects;
  }

  private add(object: IndexedObject): void {
    const slot = { object };
    this.slots.set(object.key, slot);
    const last = this.sorted.at(-1)?.object?.key;
    // Loading a list adds keys in order: each belongs at the end.
    const isNext = this.sorted.length === 0 || (last !== undefined && last < object.key);
    (this.added.length === 0 && isNext ? this.sorted : this.added).push(slot);
  }

  private putInOrder(): void {
    const slots = [...this.sorted, ...this.added].filter(({ object }) => object !== undefined);
    this.sorted = this.added.length === 0 ? slots : slots.sort(byKey);
    this.added = [];
    this.emptied = 0;
  }
}

function byKey(a: Slot, b: Slot): number {
  return (a.object?.key ?? "") < (b.object?.key ?? "") ? -1 : 1;
}
