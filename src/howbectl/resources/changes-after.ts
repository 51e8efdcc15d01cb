import { isExpired } from "../../api/errors.js";
import { type ApiObject, formatKey, keyOf, type Whole } from "../../api/object.js";
import type { ObjectList, ResourceClient, Selection } from "../../client/contracts.js";

/** A change of an object. */
export interface Change<T extends ApiObject> {
  readonly type: "added" | "modified" | "deleted";
  readonly object: Whole<T>;
}

/**
 * Every change after a list, in order, until `signal` fires (which ends it, or throws an abort error). The one
 * request is a watch from the list's revision; only when the server no longer has the history does it list anew, and
 * then what differs is told as changes.
 */
export async function* changesAfter<T extends ApiObject>(
  client: ResourceClient<T>,
  selection: Selection,
  list: ObjectList<T>,
  signal: AbortSignal,
): AsyncGenerator<Change<T>> {
  const known = new Map(list.items.map((object) => [formatKey(keyOf(object)), object]));
  let { resourceVersion } = list;
  for (;;) {
    try {
      for await (const event of client.watch({ ...selection, resourceVersion, signal })) {
        if (event.type === "bookmark") continue;
        remember(known, event);
        yield event;
      }
      return;
    } catch (error: unknown) {
      if (!isExpired(error)) throw error;
    }
    const fresh = await client.list({ ...selection, signal });
    for (const change of differences(known, fresh.items)) {
      remember(known, change);
      yield change;
    }
    resourceVersion = fresh.resourceVersion;
  }
}

function remember<T extends ApiObject>(known: Map<string, Whole<T>>, { type, object }: Change<T>): void {
  const key = formatKey(keyOf(object));
  if (type === "deleted") known.delete(key);
  else known.set(key, object);
}

/** What changed between what is known and what is there now, deletions first. */
function differences<T extends ApiObject>(known: ReadonlyMap<string, Whole<T>>, present: readonly Whole<T>[]): Change<T>[] {
  const presentKeys = new Set(present.map((object) => formatKey(keyOf(object))));
  const changes: Change<T>[] = [];
  for (const [key, object] of known) if (!presentKeys.has(key)) changes.push({ type: "deleted", object });
  for (const object of present) {
    const before = known.get(formatKey(keyOf(object)));
    if (before === undefined) changes.push({ type: "added", object });
    else if (before.metadata.resourceVersion !== object.metadata.resourceVersion) changes.push({ type: "modified", object });
  }
  return changes;
}
