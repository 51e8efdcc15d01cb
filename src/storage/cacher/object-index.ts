import type { IndexedObject } from "./cached-object.js";
import type { Scope } from "./interface.js";
import { ObjectBucket } from "./object-bucket.js";
import { everything, type Partition } from "./partition.js";

/** The present objects of one kind, by key and by part. */
export class ObjectIndex {
  private readonly all = new Map<string, IndexedObject>();
  private readonly parts = new Map<string, ObjectBucket>();

  constructor(private readonly partition: Partition) {}

  get size(): number {
    return this.all.size;
  }

  get(key: string): IndexedObject | undefined {
    return this.all.get(key);
  }

  put(object: IndexedObject): void {
    const previous = this.all.get(object.key);
    const next = this.partition.of(object.kept.facets);
    if (previous !== undefined) {
      for (const part of this.partition.of(previous.kept.facets)) if (!next.includes(part)) this.removeFrom(part, object.key);
    }
    this.all.set(object.key, object);
    for (const part of next) this.bucket(part).put(object);
  }

  delete(key: string): void {
    const previous = this.all.get(key);
    if (previous === undefined) return;
    this.all.delete(key);
    for (const part of this.partition.of(previous.kept.facets)) this.removeFrom(part, key);
  }

  /** A snapshot, in key order, of a part that holds all that `scope` selects, and maybe more. */
  candidates(scope: Scope): readonly IndexedObject[] {
    const key = this.partition.single(scope);
    if (key === undefined) return this.parts.get(this.partition.covering(scope))?.list() ?? [];
    const only = this.all.get(key);
    return only === undefined ? [] : [only];
  }

  /** How many `candidates` would give. */
  countCandidates(scope: Scope): number {
    const key = this.partition.single(scope);
    if (key !== undefined) return this.all.has(key) ? 1 : 0;
    return this.parts.get(this.partition.covering(scope))?.size ?? 0;
  }

  /** A snapshot of everything, in key order. */
  list(): readonly IndexedObject[] {
    return this.parts.get(everything)?.list() ?? [];
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
    if (bucket?.size === 0) this.parts.delete(part);
  }
}
