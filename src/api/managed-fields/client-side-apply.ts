import { apiVersionOf, isJsonObject, objectFromJson } from "../codec/json.js";
import type { JsonObject } from "../codec/json-values.js";
import { complete } from "../codec/whole.js";
import type { Kind } from "../kinds/kind.js";
import type { ApiObject, Whole } from "../object.js";
import { compareMessages } from "./compare.js";
import { difference, emptyFieldSet, type FieldSet } from "./field-set.js";
import { fieldsOf } from "./fields-of.js";
import type { Writer } from "./managers.js";

/** The annotation in which client-side apply keeps what it applied last. */
export const lastAppliedAnnotation = "kubectl.kubernetes.io/last-applied-configuration";

/** Who applies on the client's side too. */
const clientSideAppliers: readonly string[] = ["howbectl", "kubectl"];
/** As whom they do. */
const clientSideManagers: readonly string[] = [...clientSideAppliers, ...clientSideAppliers.map((name) => `${name}-client-side-apply`)];

/**
 * The fields that client-side apply set last and that still have the values it gave them. An object moves over to
 * server-side apply with its first application by the same tool: these fields the tool changes without conflict.
 */
export function lastAppliedFields(kind: Kind, live: Whole<ApiObject> | undefined, writer: Writer): FieldSet {
  const record = live?.metadata.annotations[lastAppliedAnnotation];
  if (live === undefined || record === undefined || !isClientSideApplier(writer)) return emptyFieldSet;
  const applied = parseRecord(record);
  if (applied === undefined || applied.apiVersion !== apiVersionOf(kind)) return emptyFieldSet;
  try {
    const { object, errors } = objectFromJson(kind, applied);
    if (errors.length > 0) return emptyFieldSet;
    const { added, modified, removed } = compareMessages(kind.typeName, complete(kind, object), live);
    return [added, modified, removed].reduce<FieldSet>(difference, fieldsOf(kind.typeName, applied));
  } catch (error: unknown) {
    if (error instanceof SyntaxError) return emptyFieldSet;
    throw error;
  }
}

/** Whether a manager is such a tool's own, from whom it takes these fields over, to remove what it leaves out from then on. */
export function isClientSideManager({ manager, operation, subresource }: Writer): boolean {
  return operation === "Update" && subresource === "" && clientSideManagers.includes(manager);
}

/** Brings the record up to date, where there is one, so that client-side apply can go on from here. */
export function updateLastApplied(
  object: Whole<ApiObject>,
  configuration: JsonObject,
  writer: Pick<Writer, "manager" | "subresource">,
): void {
  const { annotations } = object.metadata;
  if (!isClientSideApplier(writer) || annotations[lastAppliedAnnotation] === undefined) return;
  annotations[lastAppliedAnnotation] = `${JSON.stringify(withoutRecord(configuration))}\n`;
}

function isClientSideApplier({ manager, subresource }: Pick<Writer, "manager" | "subresource">): boolean {
  return subresource === "" && clientSideAppliers.includes(manager);
}

function withoutRecord(configuration: JsonObject): JsonObject {
  const { metadata, ...rest } = configuration;
  if (!isJsonObject(metadata) || !isJsonObject(metadata.annotations)) return configuration;
  const { [lastAppliedAnnotation]: _record, ...annotations } = metadata.annotations;
  return { ...rest, metadata: { ...metadata, annotations } };
}

function parseRecord(record: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(record);
    return isJsonObject(value) ? value : undefined;
  } catch (_unreadable: unknown) {
    return undefined;
  }
}
