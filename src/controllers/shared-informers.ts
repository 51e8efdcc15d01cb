import { eventKind } from "../api/kinds/event/kind.js";
import { kinds } from "../api/kinds/index.js";
import type { Kind } from "../api/kinds/kind.js";
import { podKind } from "../api/kinds/pod/kind.js";
import type { ApiObject, Whole } from "../api/object.js";
import type { Clock } from "../base/clock.js";
import type { Log } from "../base/log.js";
import type { ApiClient, Informer, InformerOptions } from "../client/contracts.js";
import { createInformers, type InformerSet } from "../client/informer-set.js";
import type { Pod } from "../gen/howbernetes/core/v1/pod.js";
import { controllerOf } from "./ownership/owner-reference.js";

/** Index by the uid of every owner. */
export const byOwner = "ownerUid";
/** Index by the uid of the controller. */
export const byController = "controllerUid";
/** Index by namespace of the objects that nothing controls. */
export const byOrphanNamespace = "orphanNamespace";
/** Pods: index by the node that they are bound to. */
export const byNode = "nodeName";

/**
 * One cache of each kind for all controllers of the process. That they share them is more than thrift: what one
 * controller has seen, the others see too.
 */
export interface SharedInformers {
  of<T extends ApiObject>(kind: Kind<T>): Informer<T>;
}

/** The kinds that controllers watch. Events are too many, and nothing follows from one. */
export const watchedKinds: readonly Kind[] = kinds.filter(({ typeName }) => typeName !== eventKind.typeName);

/** The caches of all watched kinds, with the indexes that controllers share. They are empty until they run. */
export function createSharedInformers(client: ApiClient, deps: { readonly clock: Clock; readonly log: Log }): InformerSet {
  const informers = createInformers(client, deps);
  for (const kind of watchedKinds) informers.of(kind).addIndexes(indexesOf(kind));
  return informers;
}

function indexesOf(kind: Kind): NonNullable<InformerOptions<ApiObject>["indexes"]> {
  const ownership = {
    [byOwner]: ({ metadata }: Whole<ApiObject>) => metadata.ownerReferences.map(({ uid }) => uid ?? ""),
    [byController]: (object: Whole<ApiObject>) => [controllerOf(object)?.uid].filter((uid) => uid !== undefined),
    [byOrphanNamespace]: (object: Whole<ApiObject>) => (controllerOf(object) === undefined ? [object.metadata.namespace] : []),
  };
  if (kind.typeName !== podKind.typeName) return ownership;
  return { ...ownership, [byNode]: (object: Whole<ApiObject>) => [(object as Whole<Pod>).spec.nodeName ?? ""] };
}
