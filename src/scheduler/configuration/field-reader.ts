import { isJsonObject } from "../../api/codec/json.js";
import type { Json, JsonObject } from "../../api/codec/json-values.js";
import type { FieldError } from "../../api/errors.js";
import { duplicate, forbiddenField, invalidValue } from "../../api/validation/field-error.js";
import { child, element } from "../../api/validation/field-path.js";

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Reads an object of a configuration field by field, and notes what is wrong. A wrong value is read as its fallback, so
 * that all errors are found; what has not been asked for by `end` is unknown.
 */
export class FieldReader {
  private readonly asked = new Set<string>();

  /** @param errors where errors are noted, in the order in which they are found */
  constructor(
    private readonly fields: JsonObject,
    readonly path: string,
    readonly errors: FieldError[],
  ) {}

  /** Whether a field is set. */
  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  /** A field as it is. */
  json(name: string): Json | undefined {
    return this.value(name);
  }

  text(name: string, fallback = ""): string {
    return this.typed(name, "a string", (value) => (typeof value === "string" ? value : undefined)) ?? fallback;
  }

  flag(name: string, fallback: boolean): boolean {
    return this.typed(name, "true or false", (value) => (typeof value === "boolean" ? value : undefined)) ?? fallback;
  }

  /** A whole number; `isWell` says whether it is one of those that there may be, as `range` words it. */
  whole(name: string, fallback: number, isWell: (value: number) => boolean, range: string): number {
    const read = this.typed(name, "a whole number", (value) => (Number.isInteger(value) ? (value as number) : undefined));
    if (read === undefined || isWell(read)) return read ?? fallback;
    this.wrong(name, read, range);
    return fallback;
  }

  /** A duration, as "15s". */
  durationMs(name: string, fallback: number): number {
    return this.typed(name, "a duration, as 15s", (value) => (typeof value === "string" ? durationOf(value) : undefined)) ?? fallback;
  }

  /** The object under a name; an empty one when it is absent. */
  object(name: string): FieldReader {
    const value = this.typed(name, "an object", (found) => (isJsonObject(found) ? found : undefined));
    return new FieldReader(value ?? {}, this.at(name), this.errors);
  }

  /** The objects of a list. */
  objects(name: string): readonly FieldReader[] {
    const items = this.typed(name, "a list of objects", (found) => (Array.isArray(found) && found.every(isJsonObject) ? found : undefined));
    return ((items ?? []) as readonly JsonObject[]).map((item, index) => new FieldReader(item, element(this.at(name), index), this.errors));
  }

  /** The strings of a list. */
  texts(name: string): readonly string[] {
    const isTexts = (found: Json): found is readonly string[] => Array.isArray(found) && found.every((item) => typeof item === "string");
    return this.typed(name, "a list of strings", (found) => (isTexts(found) ? found : undefined)) ?? [];
  }

  /** Notes that a field may not be set. */
  refuse(name: string, why: string): void {
    if (this.has(name)) this.errors.push(forbiddenField(this.at(name), why));
  }

  /** Notes that a field's value is wrong. */
  wrong(name: string, value: unknown, detail: string): void {
    this.errors.push(invalidValue(this.at(name), value, detail));
  }

  /** Notes that another one of a list has the same value. */
  repeated(name: string, value: string): void {
    this.errors.push(duplicate(this.at(name), value));
  }

  /** Notes all fields that nobody has asked for. */
  end(): void {
    for (const name of Object.keys(this.fields)) {
      if (!this.asked.has(name)) this.errors.push({ path: this.at(name), reason: "FieldValueNotSupported", message: "unknown field" });
    }
  }

  /** The path of a field. */
  at(name: string): string {
    return this.path === "" ? name : child(this.path, name);
  }

  private value(name: string): Json | undefined {
    this.asked.add(name);
    return (Object.hasOwn(this.fields, name) ? this.fields[name] : undefined) ?? undefined;
  }

  private typed<T>(name: string, expected: string, read: (value: Json) => T | undefined): T | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const found = read(value);
    if (found === undefined) this.wrong(name, value, `must be ${expected}`);
    return found;
  }
}

function durationOf(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (total, [, amount, unit]) => total + Number(amount) * (unitMs[unit ?? ""] ?? 0),
    0,
  );
}
