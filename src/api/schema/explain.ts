import { valueCodecs } from "../codec/json-values.js";
import { ApiError } from "../errors.js";
import type { Kind } from "../kinds/kind.js";
import type { FieldSchema, FieldType } from "./message-schema.js";
import { isRequired } from "./required.js";
import { schema } from "./schema.js";

/** What is known of one field. */
export interface FieldExplanation {
  /** JSON name. */
  readonly name: string;
  /** As `kubectl explain` names types: "string", "integer", "[]Container", "map[string]string". */
  readonly type: string;
  readonly description: string;
  readonly required: boolean;
  /** The fields of the object that it holds, by name; empty unless asked for. */
  readonly fields: readonly FieldExplanation[];
}

/** What is known of a kind, or of what a path from it leads to. */
export interface Explanation extends FieldExplanation {
  /** What the type of the field is for, where it is an object of its own. */
  readonly typeDescription: string;
}

/** What every object has beside its message's fields. */
const typeFields: readonly FieldExplanation[] = [
  {
    name: "apiVersion",
    type: "string",
    description: 'Group and version of the object\'s kind, as "apps/v1".',
    required: false,
    fields: [],
  },
  { name: "kind", type: "string", description: 'What the object is, as "Deployment".', required: false, fields: [] },
];

/**
 * Explains a kind (`path` empty) or one of its fields, from the comments in proto/. With `recursive` the fields of its
 * fields too, down to the scalars; a type within itself is not descended into again.
 * @throws ApiError NotFound when the path leads nowhere
 */
export function explain(kind: Pick<Kind, "typeName">, path: readonly string[], recursive: boolean): Explanation {
  const descend = recursive ? new Set<string>() : undefined;
  const [first, ...rest] = path;
  if (first === undefined) return kindExplanation(kind.typeName, descend);
  const ofType = typeFields.find(({ name }) => name === first);
  if (ofType !== undefined && rest[0] !== undefined) throw noField(rest[0]);
  if (ofType !== undefined) return { ...ofType, typeDescription: "" };

  let at = fieldOf(kind.typeName, first);
  for (const name of rest) at = fieldOf(objectType(at.field), name);
  const { owner, field } = at;
  const type = objectType(field);
  return {
    ...explainField(owner, field, descend),
    typeDescription: type === undefined ? "" : schema.comments(type).description,
    fields: type === undefined ? [] : fieldsOf(type, descend),
  };
}

function kindExplanation(typeName: string, descend: Set<string> | undefined): Explanation {
  const { description } = schema.comments(typeName);
  const fields = byName([...typeFields, ...fieldsOf(typeName, descend)]);
  return { name: "", type: "", description, typeDescription: "", required: false, fields };
}

interface Place {
  /** The message whose field it is. */
  readonly owner: string;
  readonly field: FieldSchema;
}

function fieldOf(typeName: string | undefined, name: string): Place {
  const place = typeName === undefined ? undefined : placesIn(typeName).find(({ field }) => field.jsonName === name);
  if (place === undefined) throw noField(name);
  return place;
}

const noField = (name: string): ApiError => new ApiError("NotFound", `field ${JSON.stringify(name)} does not exist`);

/** A message's fields as JSON shows them: those of inlined messages stand among its own. */
function placesIn(typeName: string): readonly Place[] {
  return schema
    .message(typeName)
    .fields.flatMap((field) => (field.inline && field.message !== undefined ? placesIn(field.message) : [{ owner: typeName, field }]));
}

/** The fields of a message; `descend` holds the messages on the way, or is absent where only one level is asked for. */
function fieldsOf(typeName: string, descend: Set<string> | undefined): readonly FieldExplanation[] {
  descend?.add(typeName);
  const fields = placesIn(typeName).map(({ owner, field }) => explainField(owner, field, descend));
  descend?.delete(typeName);
  return byName(fields);
}

function explainField(owner: string, field: FieldSchema, descend: Set<string> | undefined): FieldExplanation {
  const inner = objectType(field);
  const isNew = descend !== undefined && inner !== undefined && !descend.has(inner);
  return {
    name: field.jsonName,
    type: typeText(field),
    description: schema.comments(owner).fields.get(field.name) ?? "",
    required: isRequired(owner, field),
    fields: isNew ? fieldsOf(inner, descend) : [],
  };
}

/** The message that a field holds, one or many of, unless it is a mere value in JSON. */
function objectType({ message }: FieldSchema): string | undefined {
  return message === undefined || valueCodecs.has(message) ? undefined : message;
}

const scalarTexts: Readonly<Record<FieldType, string>> = {
  string: "string",
  // Base64 in JSON.
  bytes: "string",
  enum: "string",
  bool: "boolean",
  int32: "integer",
  int64: "integer",
  uint64: "integer",
  message: "Object",
};

function typeText({ type, message, cardinality }: FieldSchema): string {
  const one = message === undefined ? scalarTexts[type] : messageText(message);
  switch (cardinality) {
    case "list":
      return `[]${one}`;
    case "map":
      return `map[string]${one}`;
    case "singular":
      return one;
  }
}

function messageText(typeName: string): string {
  const name = typeName.slice(typeName.lastIndexOf(".") + 1);
  return name === "Time" || name === "MicroTime" ? "string" : name;
}

function byName(fields: readonly FieldExplanation[]): readonly FieldExplanation[] {
  return [...fields].sort((a, b) => (a.name < b.name ? -1 : 1));
}
