import type { IndexedObject } from "./cached-object.js";

/** Objects by store key, listed in key order without sorting: a list is far more frequent than a new key. */
export class ObjectBucket {
  private readonly objects = new Map<string, IndexedObject>();
  private readonly keys: string[] = [];

  get size(): number {
    return this.keys.length;
  }

  get(key: string): IndexedObject | undefined {
    return this.objects.get(key);
  }

  put(object: IndexedObject): void {
    if (!this.objects.has(object.key)) this.keys.splice(this.position(object.key), 0, object.key);
    this.objects.set(object.key, object);
  }

  delete(key: string): void {
    if (this.objects.delete(key)) this.keys.splice(this.position(key), 1);
  }

  /** A snapshot in key order. */
  list(): IndexedObject[] {
    const found: IndexedObject[] = [];
    for (const key of this.keys) {
      const object = this.objects.get(key);
      if (object !== undefined) found.push(object);
    }
    return found;
  }

  /** Index of `key`, or where it belongs. */
  private position(key: string): number {
    let low = 0;
    let high = this.keys.length;
    // Loading a list adds keys in order: each belongs at the end.
    const last = this.keys[high - 1];
    if (last !== undefined && last < key) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.keys[middle] ?? "") < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
