import { ManagedFieldsEntry } from "../../gen/howbernetes/meta/v1/meta.js";
import { isJsonObject } from "../codec/json.js";
import type { JsonObject } from "../codec/json-values.js";
import { sameValue } from "../kinds/same-value.js";
import type { ApiObject, Whole } from "../object.js";
import { formatManagers, normalized, parseManagers } from "./managers.js";

/**
 * The record of owners with which a write begins. A client may send another than the stored one, to correct it by hand;
 * who sends none, or one that can't be read, leaves it as it is.
 */
export function sentEntries(sent: readonly ManagedFieldsEntry[], stored: readonly ManagedFieldsEntry[]): readonly ManagedFieldsEntry[] {
  if (sent.length === 0 || sameValue(sent, stored)) return stored;
  if (isReset(sent)) return [];
  try {
    const entries = formatManagers(parseManagers(sent).map(normalized));
    return entries.length === 0 ? stored : entries;
  } catch (error: unknown) {
    if (error instanceof SyntaxError) return stored;
    throw error;
  }
}

/**
 * The object, made from this JSON. An empty list in JSON asks for the record to be reset, which a message can't tell from
 * no list: there the empty entry says it.
 */
export function withOwnersReset<T extends ApiObject>({ metadata }: JsonObject, object: Whole<T>): Whole<T> {
  const sent = isJsonObject(metadata) ? metadata.managedFields : undefined;
  if (Array.isArray(sent) && sent.length === 0) object.metadata.managedFields = [ManagedFieldsEntry.fromPartial({})];
  return object;
}

/** The object without the record of its owners, which is long and seldom of interest. Shares all else with it. */
export function withoutOwners<T extends ApiObject>(object: Whole<T>): Whole<T> {
  return { ...object, metadata: { ...object.metadata, managedFields: [] } };
}

/** One entry that says nothing: how a client says that it wants the record gone. */
function isReset(sent: readonly ManagedFieldsEntry[]): boolean {
  const [only] = sent;
  return sent.length === 1 && only !== undefined && Object.values(only).every((value) => value === undefined || value === "");
}
