import { isApiError } from "../../../api/errors.js";
import { eventKind } from "../../../api/kinds/event/kind.js";
import { kinds } from "../../../api/kinds/index.js";
import type { Kind } from "../../../api/kinds/kind.js";
import type { ApiObject, ObjectKey, Whole } from "../../../api/object.js";
import type { RemoteApiClient } from "../../../client/client.js";
import type { Selection } from "../../../client/contracts.js";
import type { Event } from "../../../gen/howbernetes/core/v1/event.js";
import type { KindObject } from "../../printers/object-format.js";
import { eventsInOrder } from "../../resources/events-in-order.js";

/** With what the cluster is read. */
export interface ReadDeps {
  readonly client: RemoteApiClient;
  readonly signal: AbortSignal;
}

/** An object, or undefined when it is not there, or not to be seen by who asks: what is known otherwise is worth saying. */
export async function readIfThere<T extends ApiObject>(kind: Kind<T>, key: ObjectKey, deps: ReadDeps): Promise<Whole<T> | undefined> {
  try {
    return await deps.client.of(kind).get(key, { signal: deps.signal });
  } catch (error: unknown) {
    if (isHidden(error)) return undefined;
    throw error;
  }
}

/** Objects of a kind; none where they are not to be seen by who asks. */
export async function readAll<T extends ApiObject>(kind: Kind<T>, selection: Selection, deps: ReadDeps): Promise<readonly Whole<T>[]> {
  try {
    return (await deps.client.of(kind).list({ ...selection, signal: deps.signal })).items;
  } catch (error: unknown) {
    if (isHidden(error)) return [];
    throw error;
  }
}

/** The Events about one object, and not about an earlier one of its name, oldest first. */
export async function eventsAbout({ kind, object }: KindObject, deps: ReadDeps): Promise<readonly Whole<Event>[]> {
  const { namespace, name, uid } = object.metadata;
  const fieldSelector = `involvedObject.kind=${kind.kind},involvedObject.name=${name}`;
  const events = await readAll(eventKind, { namespace: namespace === "" ? undefined : namespace, fieldSelector }, deps);
  return eventsInOrder(events.filter(({ involvedObject }) => [undefined, "", uid].includes(involvedObject?.uid)));
}

/** What controls an object, then what controls that. */
export async function controllersOf({ metadata }: Whole<ApiObject>, deps: ReadDeps): Promise<readonly KindObject[]> {
  const owner = metadata.ownerReferences.find(({ controller }) => controller === true);
  const kind = kinds.find((each) => each.kind === owner?.kind);
  if (owner === undefined || kind === undefined) return [];
  const object = await readIfThere(kind, { namespace: kind.namespaced ? metadata.namespace : "", name: owner.name ?? "" }, deps);
  // One of the same name and another uid has nothing to do with it.
  if (object === undefined || object.metadata.uid !== owner.uid) return [];
  return [{ kind, object }, ...(await controllersOf(object, deps))];
}

/** Objects of a kind that an object controls. */
export async function controlledBy<T extends ApiObject>(
  owner: Whole<ApiObject>,
  kind: Kind<T>,
  deps: ReadDeps,
): Promise<readonly Whole<T>[]> {
  const all = await readAll(kind, { namespace: owner.metadata.namespace }, deps);
  return all.filter(({ metadata }) =>
    metadata.ownerReferences.some(({ controller, uid }) => controller === true && uid === owner.metadata.uid),
  );
}

function isHidden(error: unknown): boolean {
  return isApiError(error) && (error.reason === "NotFound" || error.reason === "Forbidden");
}
