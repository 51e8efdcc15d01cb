import { canonicalizeObject } from "../codec/canonical.js";
import { apiVersionOf, isJsonObject, objectFromJson, objectToJson } from "../codec/json.js";
import type { JsonObject } from "../codec/json-values.js";
import { complete } from "../codec/whole.js";
import type { Kind } from "../kinds/kind.js";
import type { ApiObject, Whole } from "../object.js";
import { isClientSideManager, lastAppliedFields } from "./client-side-apply.js";
import { compareMessages, isSame } from "./compare.js";
import { difference, emptyFieldSet, type FieldSet, intersection, sameFields, union } from "./field-set.js";
import { fieldsOf } from "./fields-of.js";
import { formatManagers, isManager, type Manager, managerOf, ownedByAny, parseManagers, type Writer, without } from "./managers.js";
import { mergeConfiguration } from "./merge.js";
import { removeFields, withStructs } from "./remove.js";
import { withoutOwners } from "./sent-entries.js";
import { serverMetadata } from "./server-metadata.js";

/** An apply configuration on its way into an object. */
export interface Application {
  readonly kind: Kind;
  /** The stored object; undefined when there is none yet. */
  readonly live: Whole<ApiObject> | undefined;
  /** All that the manager wants of the object, and nothing that it may not set. */
  readonly configuration: JsonObject;
  /** The manager's name. */
  readonly manager: string;
  readonly subresource: string;
  readonly nowMs: number;
}

/** As Kubernetes names who set what an object has when its owners begin to be recorded. */
const beforeFirstApply = "before-first-apply";

/** What an application comes to. */
export interface Applied {
  /** The object, with its defaults, and with the managers it has if nothing is in the way. */
  readonly object: Whole<ApiObject>;
  /** What others own with other values; they lose it. */
  readonly conflicts: readonly FieldConflict[];
}

/** Fields that the applying manager wants to change and another owns. */
export interface FieldConflict {
  readonly owner: Writer;
  readonly fields: FieldSet;
}

/**
 * Merges a configuration into an object: sets what it has, removes what the manager applied before, has left out now and
 * nobody else owns, and makes the manager the owner of what it has. What it shares with others at the same value, all of
 * them own.
 * @throws SyntaxError when a list's item can't be told from others, or the record of owners is unreadable
 */
export function planApply(application: Application): Applied {
  const { kind, live, configuration, nowMs } = application;
  const { typeName } = kind;
  const writer: Writer = {
    manager: application.manager,
    operation: "Apply",
    apiVersion: apiVersionOf(kind),
    subresource: application.subresource,
  };
  const own = fieldsOf(typeName, ownable(configuration));
  const before = managersOf(application);
  const known = before.find((manager) => isManager(manager, writer));
  const adoptable = lastAppliedFields(kind, live, writer);
  const others = before.filter((manager) => manager !== known).map((manager) => adoptedFrom(manager, adoptable));
  const adopted = others.reduce<FieldSet>((fields, { lost }) => union(fields, lost), emptyFieldSet);

  const doomed = withStructs(typeName, union(known?.fields ?? emptyFieldSet, adopted));
  const kept = withStructs(typeName, union(own, ownedByAny(others.map(({ rest }) => rest))));
  const merged = mergeConfiguration(typeName, live === undefined ? {} : objectToJson(kind, withoutOwners(live)), configuration);
  const object = objectOf(kind, removeFields(typeName, merged, difference(doomed, kept)));
  // Unlike Kubernetes, which compares before: there what a default adds to an atomic list is a conflict.
  kind.applyDefaults(object);
  canonicalizeObject(kind, object);

  const { added, modified, removed } = compareMessages(typeName, live ?? objectOf(kind, {}), object);
  // A zero that JSON leaves out looks like a removal; who says it wants it.
  const changed = union(union(added, modified), intersection(removed, own));
  const isTouched = !isSame({ added, modified, removed }) || known === undefined || !sameFields(known.fields, own);
  const self = isTouched ? managerOf(writer, own, nowMs) : known;
  const remaining = others.map(({ rest }) => without(rest, changed, removed));
  object.metadata.managedFields = formatManagers([...remaining, self]);
  return { object, conflicts: conflictsOf(others, difference(changed, adoptable)) };
}

/** The configuration without what nobody can own. */
function ownable({ apiVersion: _apiVersion, kind: _kind, metadata, ...rest }: JsonObject): JsonObject {
  const owned = Object.entries(isJsonObject(metadata) ? metadata : {}).filter(([name]) => !serverMetadata.has(name));
  return owned.length === 0 ? rest : { ...rest, metadata: Object.fromEntries(owned) };
}

/** Who owns what of an object. Where nothing is known of that, all that there is belongs to the time before. */
function managersOf({ kind, live, subresource, nowMs }: Application): readonly Manager[] {
  if (live === undefined) return [];
  const managers = parseManagers(live.metadata.managedFields);
  if (managers.length > 0) return managers;
  const { added, modified } = compareMessages(kind.typeName, objectOf(kind, {}), live);
  const writer: Writer = { manager: beforeFirstApply, operation: "Update", apiVersion: apiVersionOf(kind), subresource };
  return [managerOf(writer, union(added, modified), nowMs)];
}

function adoptedFrom(manager: Manager, adoptable: FieldSet): { readonly rest: Manager; readonly lost: FieldSet } {
  const lost = isClientSideManager(manager) ? intersection(manager.fields, adoptable) : emptyFieldSet;
  return { rest: without(manager, lost), lost };
}

function conflictsOf(others: readonly { readonly rest: Manager }[], changed: FieldSet): FieldConflict[] {
  const conflicts = others.map(({ rest }) => ({ owner: rest, fields: intersection(rest.fields, changed) }));
  return conflicts.filter(({ fields }) => fields.size > 0);
}

function objectOf(kind: Kind, json: JsonObject): Whole<ApiObject> {
  return complete(kind, objectFromJson(kind, json).object);
}
