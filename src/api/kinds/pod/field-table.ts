import type { FieldError } from "../../errors.js";
import type { FieldSchema } from "../../schema/message-schema.js";
import { schema } from "../../schema/schema.js";
import { forbiddenField, notHonoured } from "../../validation/field-error.js";
import { child, element, entry } from "../../validation/field-path.js";

/** How much of a field is honoured, and why not more; by default because it is not done yet. */
type FieldRule = { readonly reason?: string } & (
  | { readonly kind: "any" }
  | { readonly kind: "only"; readonly values: readonly unknown[] }
  | { readonly kind: "keys"; readonly isHonoured: (key: string) => boolean }
  | { readonly kind: "within"; readonly table: FieldTable<object> }
);

/** Which fields of a message are honoured, and how far. A field without a rule must have its default. */
export type FieldTable<M extends object> = { readonly [Field in keyof M]?: FieldRule };

/** Honoured, whatever its value. */
export const honoured: FieldRule = { kind: "any" };

/** Honoured with these values. */
export function only(...values: readonly (string | number | boolean)[]): FieldRule {
  return { kind: "only", values };
}

/** A map of which some keys are honoured. */
export function keysThat(isHonoured: (key: string) => boolean): FieldRule {
  return { kind: "keys", isHonoured };
}

/** A message, or a list of them, of which the fields of `table` are honoured. */
export function within(table: FieldTable<object>): FieldRule {
  return { kind: "within", table };
}

/** As `rule`, by default honouring nothing, with a reason that will not pass. */
export function because(reason: string, rule: FieldRule = only()): FieldRule {
  return { ...rule, reason };
}

interface Place {
  readonly typeName: string;
  readonly path: string;
}

/** An error for each field of `message` that is set to other than its default and that `table` does not let through. */
export function refuseOutside(table: FieldTable<object>, message: object, { typeName, path }: Place): FieldError[] {
  const rules = table as Readonly<Record<string, FieldRule | undefined>>;
  const values = message as Readonly<Record<string, unknown>>;
  const errors: FieldError[] = [];
  for (const field of schema.message(typeName).fields) {
    const value = values[field.name];
    const rule = rules[field.name];
    if (rule?.kind === "any" || isDefault(field, value)) continue;
    errors.push(...refuseField(rule, field, { value, path: field.inline ? path : child(path, field.jsonName) }));
  }
  return errors;
}

function refuseField(rule: FieldRule | undefined, field: FieldSchema, { value, path }: { value: unknown; path: string }): FieldError[] {
  const refusal = (at: string): FieldError => (rule?.reason === undefined ? notHonoured(at) : forbiddenField(at, rule.reason));
  switch (rule?.kind) {
    case undefined:
      return [refusal(path)];
    case "any":
      return [];
    case "only":
      return rule.values.includes(value) ? [] : [refusal(path)];
    case "keys":
      return Object.keys(value as object).flatMap((key) => (rule.isHonoured(key) ? [] : [refusal(entry(path, key))]));
    case "within":
      return refuseWithin(rule.table, value as object | readonly object[], { typeName: field.message ?? "", path });
  }
}

function refuseWithin(table: FieldTable<object>, value: object | readonly object[], { typeName, path }: Place): FieldError[] {
  if (!Array.isArray(value)) return refuseOutside(table, value, { typeName, path });
  const messages: readonly object[] = value;
  return messages.flatMap((message, index) => refuseOutside(table, message, { typeName, path: element(path, index) }));
}

/** Whether a value means the same as an absent one. Where Kubernetes has a pointer, zero and empty are values. */
function isDefault(field: FieldSchema, value: unknown): boolean {
  if (value === undefined) return true;
  if (field.cardinality === "list") return (value as readonly unknown[]).length === 0;
  if (field.cardinality === "map") return Object.keys(value as object).length === 0;
  if (field.pointer) return false;
  if (field.message === undefined) return value === "" || value === 0 || value === false;
  const parts = value as Readonly<Record<string, unknown>>;
  return schema.message(field.message).fields.every((part) => isDefault(part, parts[part.name]));
}
