/** What the API machinery knows of a message's field: protobuf's part and Kubernetes' rules for it. */
export interface FieldSchema {
  /** Name in protobuf and TypeScript. */
  readonly name: string;
  readonly jsonName: string;
  readonly number: number;
  readonly type: FieldType;
  /** Full name of the message, when `type` is "message". */
  readonly message: string | undefined;
  readonly cardinality: "singular" | "list" | "map";
  /** The message's own fields stand in the parent's JSON object. */
  readonly inline: boolean;
  /** Absent and zero are different values. */
  readonly pointer: boolean;
  readonly omitEmpty: boolean;
  readonly patchStrategy: readonly string[];
  readonly patchMergeKey: string;
  readonly listType: string;
  readonly listMapKeys: readonly string[];
}

export type FieldType = "string" | "bool" | "bytes" | "int32" | "int64" | "uint64" | "message" | "enum";

/** A message as described in proto/. */
export interface MessageSchema {
  /** As "howbernetes.core.v1.Pod". */
  readonly typeName: string;
  /** In number order. */
  readonly fields: readonly FieldSchema[];
  readonly byNumber: ReadonlyMap<number, FieldSchema>;
  /** Fields by JSON name; those of inlined messages included, each with the path of inlined fields that leads to it. */
  readonly byJsonName: ReadonlyMap<string, JsonField>;
  /** The fields that are maps, or in which there is one. */
  readonly mapFields: readonly FieldSchema[];
}

export interface JsonField {
  readonly field: FieldSchema;
  /** Names of the inlined fields between the message and the field, outermost first. */
  readonly through: readonly string[];
}
