import {
  createFileRegistry,
  type DescExtension,
  type DescField,
  type DescMessage,
  type FileRegistry,
  fromBinary,
  getOption,
  ScalarType,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { InvariantError } from "../../base/invariant.js";
import { descriptorImage } from "../../gen/image.js";
import { Comments, type MessageComments } from "./comments.js";
import type { FieldSchema, FieldType, JsonField, MessageSchema } from "./message-schema.js";

/** The schema of every message in proto/, read from the descriptor image when first asked for. */
export interface Schema {
  /** @throws InvariantError when there is no such message */
  message(typeName: string): MessageSchema;
  /** What is said of a message and its fields. @throws InvariantError when there is no such message */
  comments(typeName: string): MessageComments;
}

/** Creates a schema over a descriptor image (`buf build`'s FileDescriptorSet). */
export function createSchema(image: Uint8Array): Schema {
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, image));
  const rules = registry.getExtension("howbernetes.options.v1.field");
  if (rules === undefined) throw new InvariantError("the descriptor image lacks howbernetes.options.v1");
  const known = new Map<string, MessageSchema>();
  const comments = new Comments();
  const message = (typeName: string): MessageSchema => {
    const found = known.get(typeName) ?? describe(typeName, { registry, rules, message });
    known.set(typeName, found);
    return found;
  };
  return { message, comments: (typeName) => comments.of(descriptorOf(typeName, registry)) };
}

interface Source {
  readonly registry: FileRegistry;
  readonly rules: DescExtension;
  message(typeName: string): MessageSchema;
}

function describe(typeName: string, source: Source): MessageSchema {
  const descriptor = descriptorOf(typeName, source.registry);
  const fields = descriptor.fields.map((field) => describeField(field, source.rules)).sort((a, b) => a.number - b.number);
  const withMaps = new Set(descriptor.fields.filter((field) => hasMap(field, new Set())).map(({ name }) => name));
  return {
    typeName,
    fields,
    byNumber: new Map(fields.map((field) => [field.number, field])),
    byJsonName: jsonFields(fields, source),
    mapFields: fields.filter(({ name }) => withMaps.has(name)),
  };
}

function descriptorOf(typeName: string, registry: FileRegistry): DescMessage {
  const descriptor = registry.getMessage(typeName);
  if (descriptor === undefined) throw new InvariantError(`no message ${typeName}`);
  return descriptor;
}

function jsonFields(fields: readonly FieldSchema[], source: Source): Map<string, JsonField> {
  const byName = new Map<string, JsonField>();
  for (const field of fields) {
    if (!field.inline || field.message === undefined) {
      byName.set(field.jsonName, { field, through: [] });
      continue;
    }
    for (const [name, inner] of source.message(field.message).byJsonName) {
      byName.set(name, { field: inner.field, through: [field.name, ...inner.through] });
    }
  }
  return byName;
}

function hasMap(field: DescField, seen: Set<string>): boolean {
  return field.fieldKind === "map" || (field.message !== undefined && containsMap(field.message, seen));
}

function containsMap(message: DescMessage, seen: Set<string>): boolean {
  if (seen.has(message.typeName)) return false;
  seen.add(message.typeName);
  return message.fields.some((field) => hasMap(field, seen));
}

interface FieldRules {
  readonly inline: boolean;
  readonly pointer: boolean;
  readonly omitEmpty: boolean;
  readonly patchStrategy: readonly string[];
  readonly patchMergeKey: string;
  readonly listType: string;
  readonly listMapKeys: readonly string[];
}

function describeField(field: DescField, extension: DescExtension): FieldSchema {
  // The extension is looked up by name, so its type is not known to the compiler.
  const rules = getOption(field as never, extension) as FieldRules;
  const cardinality = field.fieldKind === "list" || field.fieldKind === "map" ? field.fieldKind : "singular";
  return {
    name: field.name,
    jsonName: field.jsonName,
    number: field.number,
    type: typeOf(field),
    message: field.message?.typeName,
    cardinality,
    inline: rules.inline,
    pointer: rules.pointer,
    omitEmpty: rules.omitEmpty,
    patchStrategy: rules.patchStrategy,
    patchMergeKey: rules.patchMergeKey,
    listType: rules.listType,
    listMapKeys: rules.listMapKeys,
  };
}

const scalarTypes: ReadonlyMap<ScalarType, FieldType> = new Map([
  [ScalarType.STRING, "string"],
  [ScalarType.BOOL, "bool"],
  [ScalarType.BYTES, "bytes"],
  [ScalarType.INT32, "int32"],
  [ScalarType.INT64, "int64"],
  [ScalarType.UINT64, "uint64"],
]);

function typeOf(field: DescField): FieldType {
  if (field.message !== undefined) return "message";
  if (field.enum !== undefined) return "enum";
  const type = field.scalar === undefined ? undefined : scalarTypes.get(field.scalar);
  if (type === undefined) throw new InvariantError(`${field.parent.typeName}.${field.name} has a type that is not used here`);
  return type;
}

/** The schema of this build's own proto/: immutable, and costly enough to be read once. */
export const schema: Schema = lazily(() => createSchema(descriptorImage));

function lazily(create: () => Schema): Schema {
  let created: Schema | undefined;
  const present = (): Schema => {
    created ??= create();
    return created;
  };
  return { message: (typeName) => present().message(typeName), comments: (typeName) => present().comments(typeName) };
}
