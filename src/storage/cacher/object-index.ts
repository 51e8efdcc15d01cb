import type { IndexedObject } from "./cached-object.js";
import type { Scope } from "./interface.js";
import { ObjectBucket } from "./object-bucket.js";
import { everything, type Partition } from "./partition.js";

/** The present objects of one kind, by key and by part. */
export class ObjectIndex {
  private readonly all = new ObjectBucket();
  private readonly parts = new Map([[everything, this.all]]);

  constructor(private readonly partition: Partition) {}

  get size(): number {
    return this.all.size;
  }

  get(key: string): IndexedObject | undefined {
    return this.all.get(key);
  }

  put(object: IndexedObject): void {
    const previous = this.get(object.key);
    const next = this.partition.of(object.kept.facets);
    if (previous !== undefined) {
      for (const part of this.partition.of(previous.kept.facets)) if (!next.includes(part)) this.removeFrom(part, object.key);
    }
    for (const part of next) this.bucket(part).put(object);
  }

  delete(key: string): void {
    const previous = this.get(key);
    if (previous === undefined) return;
    for (const part of this.partition.of(previous.kept.facets)) this.removeFrom(part, key);
  }

  /** A snapshot, in key order, of a part that holds all that `scope` selects, and maybe more. */
  candidates(scope: Scope): readonly IndexedObject[] {
    const key = this.partition.single(scope);
    if (key === undefined) return this.parts.get(this.partition.covering(scope))?.list() ?? [];
    const only = this.get(key);
    return only === undefined ? [] : [only];
  }

  /** How many `candidates` would give. */
  countCandidates(scope: Scope): number {
    const key = this.partition.single(scope);
    if (key !== undefined) return this.get(key) === undefined ? 0 : 1;
    return this.parts.get(this.partition.covering(scope))?.size ?? 0;
  }

  /** A snapshot of everything, in key order. */
  list(): readonly IndexedObject[] {
    return this.all.list();
  }

  private bucket(part: string): ObjectBucket {
    let bucket = this.parts.get(part);
    if (bucket === undefined) {
      bucket = new ObjectBucket();
      this.parts.set(part, bucket);
    }
    return bucket;
  }

  private removeFrom(part: string, key: string): void {
    const bucket = this.parts.get(part);
    bucket?.delete(key);
    if (bucket?.size === 0 && bucket !== this.all) this.parts.delete(part);
  }
}
