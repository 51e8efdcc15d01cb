import { formatFields, type History, type Observed, type Operation, sameFields, type WatchRecord } from "./operation.js";

/**
 * Says everything that is wrong with what watchers saw: events out of order or repeated, events that one watcher was
 * shown and another was not, acknowledged writes that a watcher never saw, events that nobody's write explains, types
 * that do not fit what the watcher knew.
 */
export function findWatchFaults({ operations, watches }: History): readonly string[] {
  const versions = versionsOf(operations, watches);
  return watches.flatMap((watch) =>
    [...orderFaults(watch), ...typeFaults(watch), ...absences(watch, versions), ...inventions(watch, operations)].map(
      (fault) => `${watch.watcher}: ${fault}`,
    ),
  );
}

function orderFaults({ from, events, until }: WatchRecord): string[] {
  let last = from;
  /** Writes of several keys may share a revision. */
  let keysOfLast = new Set<string>();
  return events.flatMap((event) => {
    const isNext = event.revision > last || (event.revision === last && last > from && !keysOfLast.has(event.key));
    const fault = isNext ? [] : [`${describe(event)} came after revision ${last}`];
    if (event.revision > last) keysOfLast = new Set();
    last = Math.max(last, event.revision);
    keysOfLast.add(event.key);
    return event.revision > until ? [...fault, `${describe(event)} is later than the end of the watch, ${until}`] : fault;
  });
}

function typeFaults({ initial, events }: WatchRecord): string[] {
  const known = new Map(initial.map((object) => [object.key, object]));
  return events.flatMap((event) => {
    const before = known.get(event.key);
    if (event.type === "deleted") known.delete(event.key);
    else known.set(event.key, event);
    if (event.type === "added") return before === undefined ? [] : [`${describe(event)} had been added before`];
    if (before === undefined) return [`${describe(event)} had not been added`];
    const isChanged = event.type === "deleted" && !sameFields(before.fields, event.fields);
    return isChanged ? [`${describe(event)} shows other content than before its deletion`] : [];
  });
}

/** A version that must show on every watch that was there at the time. */
interface Version {
  readonly revision: number;
  readonly key: string;
  readonly content: string;
  readonly source: string;
}

/** Every version that some answer or some watcher vouches for. */
function versionsOf(operations: readonly Operation[], watches: readonly WatchRecord[]): readonly Version[] {
  const answered = operations.flatMap(({ key, client, request, outcome }): Version[] => {
    if (outcome.result !== "ok" || request.verb === "get") return [];
    const content = request.verb === "delete" ? "deleted" : formatFields(outcome.fields);
    return [{ revision: outcome.revision, key, content, source: `the ${request.verb} of ${client}` }];
  });
  const seen = watches.flatMap(({ watcher, initial, events }) =>
    [...initial, ...events].map((event) => ({ revision: event.revision, key: event.key, content: contentOf(event), source: watcher })),
  );
  const versions = new Map<string, Version>();
  for (const version of [...answered, ...seen]) {
    const id = `${version.revision} ${version.key} ${version.content}`;
    if (!versions.has(id)) versions.set(id, version);
  }
  return [...versions.values()];
}

function absences({ from, until, events }: WatchRecord, versions: readonly Version[]): string[] {
  const seen = new Set(events.map((event) => `${event.revision} ${event.key} ${contentOf(event)}`));
  return versions
    .filter(({ revision }) => revision > from && revision <= until)
    .filter(({ revision, key, content }) => !seen.has(`${revision} ${key} ${content}`))
    .map(({ revision, key, content, source }) => `never showed ${key} at revision ${revision} with ${content}, which ${source} has`);
}

/** Contents that no operation can have made: every field's value must have been written by its client. */
function inventions({ initial, events }: WatchRecord, operations: readonly Operation[]): string[] {
  const written = new Set(
    operations.flatMap(({ key, request }) => {
      if (request.verb === "create" || request.verb === "update") {
        return Object.entries(request.fields).map(([field, value]) => `${key} ${field} ${value}`);
      }
      return request.verb === "patch" ? [`${key} ${request.field} ${request.value}`] : [];
    }),
  );
  return [...initial, ...events].flatMap((event) =>
    Object.entries(event.fields)
      .filter(([field, value]) => !written.has(`${event.key} ${field} ${value}`))
      .map(([field, value]) => `${describe(event)} shows ${field}:${value}, which nobody wrote`),
  );
}

function contentOf({ type, fields }: Observed): string {
  return type === "deleted" ? "deleted" : formatFields(fields);
}

function describe({ type, key, revision }: Observed): string {
  return `${type} ${key} at revision ${revision}`;
}
