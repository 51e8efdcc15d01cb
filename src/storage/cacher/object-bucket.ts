import type { IndexedObject } from "./cached-object.js";

/** Objects by store key, listed in key order without sorting: a list is far more frequent than a new key. */
export class ObjectBucket {
  private readonly objects = new Map<string, IndexedObject>();
  /** The same in key order: a snapshot is a copy of this array. */
  private readonly sorted: IndexedObject[] = [];

  get size(): number {
    return this.sorted.length;
  }

  get(key: string): IndexedObject | undefined {
    return this.objects.get(key);
  }

  put(object: IndexedObject): void {
    this.sorted.splice(this.position(object.key), this.objects.has(object.key) ? 1 : 0, object);
    this.objects.set(object.key, object);
  }

  delete(key: string): void {
    if (this.objects.delete(key)) this.sorted.splice(this.position(key), 1);
  }

  /** A snapshot in key order. */
  list(): IndexedObject[] {
    return this.sorted.slice();
  }

  /** Index of `key`, or where it belongs. */
  private position(key: string): number {
    let low = 0;
    let high = this.sorted.length;
    // Loading a list adds keys in order: each belongs at the end.
    const last = this.sorted[high - 1]?.key;
    if (last !== undefined && last < key) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.sorted[middle]?.key ?? "") < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
