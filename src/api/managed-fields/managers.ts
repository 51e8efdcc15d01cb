import type { ManagedFieldsEntry } from "../../gen/howbernetes/meta/v1/meta.js";
import type { Time } from "../../gen/howbernetes/meta/v1/values.js";
import { timeFromMs } from "../values/time.js";
import { difference, emptyFieldSet, type FieldSet, sameFields, union } from "./field-set.js";
import { formatFieldsV1, parseFieldsV1 } from "./fields-v1.js";

/** Who writes, and how: each such triple, and for updates each API version, owns fields of its own. */
export interface Writer {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  /** In which the fields are named, as "apps/v1". */
  readonly apiVersion: string;
  /** "" for the object itself. */
  readonly subresource: string;
}

/** A writer of an object, and the fields it owns. */
export interface Manager extends Writer {
  readonly fields: FieldSet;
  /** As it is stored; what has not changed is stored again as it was. */
  readonly entry: ManagedFieldsEntry;
}

/** Kubernetes' bound on entries of updates; those before are kept as one. */
const maxUpdateManagers = 10;
const oldestManager = "ancient-changes";
const fieldsType = "FieldsV1";

/** Reads metadata.managedFields. @throws SyntaxError when an entry is not as Kubernetes writes it */
export function parseManagers(entries: readonly ManagedFieldsEntry[]): Manager[] {
  return entries.map((entry) => {
    const { manager = "", operation, apiVersion = "", subresource = "" } = entry;
    if (operation !== "Apply" && operation !== "Update") throw new SyntaxError("operation must be `Apply` or `Update`");
    if (apiVersion === "") throw new SyntaxError("apiVersion must not be empty");
    if (entry.fieldsType !== fieldsType) throw new SyntaxError(`fieldsType must be \`${fieldsType}\``);
    return { manager, operation, apiVersion, subresource, entry, fields: parseFieldsV1(entry.fieldsV1?.Raw) };
  });
}

/** metadata.managedFields of these managers, in Kubernetes' order; who owns nothing is left out. */
export function formatManagers(managers: readonly Manager[]): ManagedFieldsEntry[] {
  return managers
    .filter(({ fields }) => fields.size > 0)
    .map(({ entry }) => entry)
    .sort(
      (a, b) =>
        compare(a.operation, b.operation) ||
        (a.time?.seconds ?? 0) - (b.time?.seconds ?? 0) ||
        compare(a.manager, b.manager) ||
        compare(a.apiVersion, b.apiVersion) ||
        compare(a.subresource, b.subresource),
    );
}

/** Whether a manager is this writer. Whoever applies stays the same in another API version. */
export function isManager(manager: Writer, writer: Writer): boolean {
  return (
    manager.manager === writer.manager &&
    manager.operation === writer.operation &&
    manager.subresource === writer.subresource &&
    (writer.operation === "Apply" || manager.apiVersion === writer.apiVersion)
  );
}

/** A writer as the manager of these fields since `nowMs`. */
export function managerOf(writer: Writer, fields: FieldSet, nowMs: number): Manager {
  return managerSince(writer, fields, timeFromMs(nowMs));
}

/** A manager whose entry is in the one form that is stored, however it was written. */
export function normalized(manager: Manager): Manager {
  return managerSince(manager, manager.fields, manager.entry.time);
}

function managerSince({ manager, operation, apiVersion, subresource }: Writer, fields: FieldSet, time: Time | undefined): Manager {
  const entry: ManagedFieldsEntry = {
    manager: manager === "" ? undefined : manager,
    operation,
    apiVersion,
    time: time === undefined ? undefined : { seconds: time.seconds ?? 0, nanos: 0 },
    fieldsType,
    fieldsV1: { Raw: formatFieldsV1(fields) },
    subresource: subresource === "" ? undefined : subresource,
  };
  return { manager, operation, apiVersion, subresource, fields, entry };
}

/** A manager with other fields. Its time stays, for it is not its own doing. */
export function withFields(manager: Manager, fields: FieldSet): Manager {
  if (sameFields(manager.fields, fields)) return manager;
  return { ...manager, fields, entry: { ...manager.entry, fieldsV1: { Raw: formatFieldsV1(fields) } } };
}

/** A manager that has written once more. */
export function withTime(manager: Manager, nowMs: number): Manager {
  return { ...manager, entry: { ...manager.entry, time: timeFromMs(nowMs) } };
}

/** What another's write leaves a manager: neither what it changed nor what it took away. */
export function without(manager: Manager, ...lost: readonly FieldSet[]): Manager {
  return withFields(
    manager,
    lost.reduce<FieldSet>((fields, set) => difference(fields, set), manager.fields),
  );
}

/** All that any of them owns. */
export function ownedByAny(managers: readonly Manager[]): FieldSet {
  return managers.reduce<FieldSet>((owned, { fields }) => union(owned, fields), emptyFieldSet);
}

/** The same managers, of whom at most ten have updated: the oldest become one, per API version. */
export function capUpdateManagers(managers: readonly Manager[]): readonly Manager[] {
  const updaters = managers.filter(({ operation }) => operation === "Update");
  if (updaters.length <= maxUpdateManagers) return managers;
  const byAge = updaters.toSorted((a, b) => (a.entry.time?.seconds ?? 0) - (b.entry.time?.seconds ?? 0) || compare(a.manager, b.manager));
  const merged = new Map<string, Manager[]>();
  let count = updaters.length;
  for (const updater of byAge) {
    if (count <= maxUpdateManagers) break;
    const bucket = merged.get(updater.apiVersion);
    if (bucket === undefined) merged.set(updater.apiVersion, [updater]);
    else {
      bucket.push(updater);
      count -= 1;
    }
  }
  const buckets = [...merged.values()].filter((bucket) => bucket.length > 1);
  const gone = new Set(buckets.flat());
  return [...managers.filter((manager) => !gone.has(manager)), ...buckets.map(asOldest)];
}

/** Several managers of one API version as one, of the newest one's time. */
function asOldest(bucket: readonly Manager[]): Manager {
  const [first] = bucket;
  const time = bucket.at(-1)?.entry.time;
  const writer: Writer = { manager: oldestManager, operation: "Update", apiVersion: first?.apiVersion ?? "", subresource: "" };
  return managerOf(writer, ownedByAny(bucket), (time?.seconds ?? 0) * 1000);
}

function compare(left = "", right = ""): number {
  return left === right ? 0 : left < right ? -1 : 1;
}
