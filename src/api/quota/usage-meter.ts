import type { Kind } from "../kinds/kind.js";
import type { ApiObject, Whole } from "../object.js";
import { type ExactQuantity, exactQuantity } from "../values/quantity.js";
import { usageOf } from "./usage.js";

/** What an object takes, by the names that quotas have for it. */
export type MeasuredUsage = ReadonlyMap<string, ExactQuantity>;

/**
 * Measures objects, and remembers what each takes for as long as it is there: thousands of them are asked about again
 * with each object that is created beside them. The objects are shared, never changed.
 */
export class UsageMeter {
  private readonly known = new WeakMap<object, MeasuredUsage>();

  measure(kind: Pick<Kind, "group" | "plural" | "typeName">, object: Whole<ApiObject>, nowMs: number): MeasuredUsage {
    const known = this.known.get(object);
    if (known !== undefined) return known;
    const usage = new Map(Object.entries(usageOf(kind, object, nowMs)).map(([name, quantity]) => [name, exactQuantity(quantity)]));
    // How long something counts that is going depends on the time.
    if (object.metadata.deletionTimestamp === undefined) this.known.set(object, usage);
    return usage;
  }
}
