import type { ApiObject, Whole } from "../api/object.js";
import { InvariantError } from "../base/invariant.js";
import type { IndexFunctions } from "./contracts.js";

/** Objects by key and by the values that index functions give. What goes in is shared and never changed. */
export class ObjectCache<T extends ApiObject> {
  private readonly objects = new Map<string, Whole<T>>();
  private readonly namespaces = new Index<T>((object) => [object.metadata.namespace]);
  private readonly indexes = new Map<string, Index<T>>();

  constructor(functions: IndexFunctions<T>) {
    this.addIndexes(functions);
  }

  /** Indexes what is there, too. @throws InvariantError when another index has that name */
  addIndexes(functions: IndexFunctions<T>): void {
    for (const [name, valuesOf] of Object.entries(functions)) {
      const present = this.indexes.get(name);
      if (present?.valuesOf === valuesOf) continue;
      if (present !== undefined) throw new InvariantError(`two indexes are called "${name}"`);
      const index = new Index(valuesOf);
      for (const [key, object] of this.objects) index.add(key, object);
      this.indexes.set(name, index);
    }
  }

  get(key: string): Whole<T> | undefined {
    return this.objects.get(key);
  }

  all(): readonly Whole<T>[] {
    return [...this.objects.values()];
  }

  inNamespace(namespace: string): readonly Whole<T>[] {
    return this.namespaces.under(namespace);
  }

  /** @throws InvariantError when there is no such index */
  byIndex(name: string, value: string): readonly Whole<T>[] {
    const index = this.indexes.get(name);
    if (index === undefined) throw new InvariantError(`no index "${name}"`);
    return index.under(value);
  }

  set(key: string, object: Whole<T>): void {
    this.delete(key);
    this.objects.set(key, object);
    this.namespaces.add(key, object);
    for (const index of this.indexes.values()) index.add(key, object);
  }

  /** @returns whether it was there */
  delete(key: string): boolean {
    const previous = this.objects.get(key);
    if (previous === undefined) return false;
    this.objects.delete(key);
    this.namespaces.remove(key, previous);
    for (const index of this.indexes.values()) index.remove(key, previous);
    return true;
  }
}

class Index<T extends ApiObject> {
  private readonly byValue = new Map<string, Map<string, Whole<T>>>();

  constructor(readonly valuesOf: (object: Whole<T>) => readonly string[]) {}

  under(value: string): readonly Whole<T>[] {
    return [...(this.byValue.get(value)?.values() ?? [])];
  }

  add(key: string, object: Whole<T>): void {
    for (const value of this.valuesOf(object)) {
      const present = this.byValue.get(value);
      if (present === undefined) this.byValue.set(value, new Map([[key, object]]));
      else present.set(key, object);
    }
  }

  remove(key: string, object: Whole<T>): void {
    for (const value of this.valuesOf(object)) {
      const present = this.byValue.get(value);
      present?.delete(key);
      if (present?.size === 0) this.byValue.delete(value);
    }
  }
}
