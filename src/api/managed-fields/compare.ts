import { omittedWhenZero, valueCodecs } from "../codec/json-values.js";
import { sameValue } from "../kinds/same-value.js";
import type { FieldSchema } from "../schema/message-schema.js";
import { schema } from "../schema/schema.js";
import { type FieldSet, FieldSetBuilder } from "./field-set.js";
import { fieldElement, type ItemValue, keyElement, valueElement } from "./path-element.js";
import { serverMetadata } from "./server-metadata.js";
import { isAtomicMessage, keyDefault, type Structure, structureOf } from "./structure.js";

/** What differs between two objects; no path is in more than one of the sets. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

/** Whether nothing differs. */
export function isSame({ added, modified, removed }: Comparison): boolean {
  return added.size === 0 && modified.size === 0 && removed.size === 0;
}

/**
 * Compares two messages by their fields' structure, as their JSON would compare but without making it: what JSON leaves
 * out is absent, what it always has is there. Both must be canonical. A container that comes or goes counts besides what
 * is in it. What nobody can own of the metadata is passed over.
 */
export function compareMessages(typeName: string, before: object, after: object): Comparison {
  const comparer = new Comparer();
  comparer.struct(typeName, before as Message, after as Message);
  return { added: comparer.added.set, modified: comparer.modified.set, removed: comparer.removed.set };
}

type Message = Readonly<Record<string, unknown>>;
type Items = Map<string, unknown[]>;

const nothing: Message = {};
const objectMeta = "howbernetes.meta.v1.ObjectMeta";

/** A message's field, and what comparing needs of it every time. */
interface ComparedField {
  readonly field: FieldSchema;
  /** By which a path names it. */
  readonly element: string;
  readonly structure: Structure;
}

const fieldsOfMessages = new Map<string, readonly ComparedField[]>();

function comparedFields(typeName: string): readonly ComparedField[] {
  const known = fieldsOfMessages.get(typeName);
  if (known !== undefined) return known;
  const fields = schema
    .message(typeName)
    .fields.map((field) => ({ field, element: fieldElement(field.jsonName), structure: structureOf(field) }));
  fieldsOfMessages.set(typeName, fields);
  return fields;
}

class Comparer {
  readonly added = new FieldSetBuilder();
  readonly modified = new FieldSetBuilder();
  readonly removed = new FieldSetBuilder();
  /** Where the comparison is. */
  private readonly path: string[] = [];

  /** Compares two structs; undefined is one that is not there, in which nothing is. */
  struct(typeName: string, before: Message | undefined, after: Message | undefined): void {
    for (const compared of comparedFields(typeName)) {
      const { field } = compared;
      if (this.path.length === 1 && typeName === objectMeta && serverMetadata.has(field.jsonName)) continue;
      const from = before?.[field.name];
      const to = after?.[field.name];
      if (from === to && (from !== undefined || (before === undefined) === (after === undefined))) continue;
      if (field.inline && field.message !== undefined) {
        this.struct(field.message, inlined(before, from), inlined(after, to));
        continue;
      }
      this.path.push(compared.element);
      this.field(compared, before === undefined ? absent : present(field, from), after === undefined ? absent : present(field, to));
      this.path.pop();
    }
  }

  private field({ field, structure }: ComparedField, before: Presence, after: Presence): void {
    if (before === absent && after === absent) return;
    if (structure.type === "leaf") this.leaf(before, after);
    else {
      this.inside(structure, field, { from: shownValue(before), to: shownValue(after) });
      this.itself(before, after);
    }
  }

  private leaf(before: Presence, after: Presence): void {
    if (before !== absent && after !== absent) {
      if (!sameValue(before.value, after.value)) this.modified.add(this.path);
    } else this.itself(before, after);
  }

  /** Notes what is at the path if it is there before or after only. */
  private itself(before: Presence, after: Presence): void {
    if (before === absent) {
      if (after !== absent) this.added.add(this.path);
    } else if (after === absent) this.removed.add(this.path);
  }

  private inside(structure: Structure, field: FieldSchema, { from, to }: { readonly from: unknown; readonly to: unknown }): void {
    if (structure.type === "struct") this.struct(structure.message, from as Message | undefined, to as Message | undefined);
    else if (structure.type === "map") this.map(structure.message, (from ?? nothing) as Message, (to ?? nothing) as Message);
    // A list is seldom touched: comparing it whole costs less than naming its items.
    else if (!sameValue(from ?? [], to ?? [])) {
      const message = structure.type === "list" && !isAtomicMessage(structure.message) ? structure.message : undefined;
      this.items(message, itemsOf(field, from as readonly unknown[]), itemsOf(field, to as readonly unknown[]));
    }
  }

  private map(message: string | undefined, before: Message, after: Message): void {
    const keys = Object.keys(before);
    for (const key of Object.keys(after)) if (!Object.hasOwn(before, key)) keys.push(key);
    for (const key of keys) {
      this.path.push(fieldElement(key));
      this.item(message, Object.hasOwn(before, key) ? [before[key]] : [], Object.hasOwn(after, key) ? [after[key]] : []);
      this.path.pop();
    }
  }

  private items(message: string | undefined, before: Items, after: Items): void {
    for (const element of new Set([...before.keys(), ...after.keys()])) {
      this.path.push(element);
      this.item(message, before.get(element) ?? [], after.get(element) ?? []);
      this.path.pop();
    }
  }

  /** Compares what has one key: mostly one value each; lists that allow it may have several, which count as one leaf. */
  private item(message: string | undefined, before: readonly unknown[], after: readonly unknown[]): void {
    const isSingle = before.length < 2 && after.length < 2;
    if (message !== undefined && isSingle) this.struct(message, before[0] as Message | undefined, after[0] as Message | undefined);
    const isLeaf = message === undefined || !isSingle;
    if (before.length === 0) this.added.add(this.path);
    else if (after.length === 0) this.removed.add(this.path);
    else if (isLeaf && !sameValue(before, after)) this.modified.add(this.path);
  }
}

function inlined(parent: Message | undefined, value: unknown): Message | undefined {
  return parent === undefined ? undefined : ((value ?? nothing) as Message);
}

/** A value that JSON would show, or that it would not. */
type Presence = typeof absent | { readonly value: unknown };
const absent = Symbol("absent");

function shownValue(presence: Presence): unknown {
  return presence === absent ? undefined : presence.value;
}

function present(field: FieldSchema, value: unknown): Presence {
  const { cardinality, omitEmpty, pointer, message } = field;
  if (cardinality !== "singular") {
    const size = value === undefined ? 0 : Array.isArray(value) ? value.length : Object.keys(value as object).length;
    return size === 0 && omitEmpty ? absent : { value };
  }
  if (value === undefined || value === null) {
    if (pointer) return absent;
    if (message === undefined) return omitEmpty ? absent : { value: zeroOf(field) };
    const isStruct = !valueCodecs.has(message);
    if (isStruct) return { value: nothing };
    return omitEmpty || omittedWhenZero.has(message) ? absent : { value: nothing };
  }
  return omitEmpty && !pointer && isZero(value) ? absent : { value };
}

function zeroOf({ type }: FieldSchema): unknown {
  return type === "string" || type === "bytes" ? "" : type === "bool" ? false : 0;
}

function isZero(value: unknown): boolean {
  return value === "" || value === 0 || value === false || (value instanceof Uint8Array && value.length === 0);
}

/** A list's items by the elements that name them. */
function itemsOf(field: FieldSchema, list: readonly unknown[] | undefined): Items {
  const items: Items = new Map();
  for (const item of list ?? []) {
    const element = elementOf(field, item);
    const known = items.get(element);
    if (known === undefined) items.set(element, [item]);
    else known.push(item);
  }
  return items;
}

function elementOf({ message, listMapKeys }: FieldSchema, item: unknown): string {
  if (message === undefined) return valueElement(item as ItemValue);
  return keyElement(listMapKeys.map((key) => [key, keyValue(message, item as Message, key)] as const));
}

function keyValue(message: string, item: Message, key: string): ItemValue {
  const found = schema.message(message).byJsonName.get(key);
  let holder: Message | undefined = item;
  for (const name of found?.through ?? []) holder = holder?.[name] as Message | undefined;
  const value = found === undefined ? undefined : (holder?.[found.field.name] as ItemValue | undefined);
  // A stored item without a key was valid when it was stored; it must have some name here.
  return value ?? keyDefault(message, key) ?? "";
}
