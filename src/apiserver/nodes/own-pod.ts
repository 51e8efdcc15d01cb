import { isNotFound } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { Freshness } from "../../storage/cacher/interface.js";
import type { ObjectStore } from "../object-store.js";

/** The pod that a node speaks of. */
export interface NamedPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** The pod, if it is bound to that node; a node has nothing to say of others, nor of an earlier pod of that name. */
export async function ownPod(
  objects: ObjectStore,
  nodeName: string,
  named: NamedPod,
  signal: AbortSignal,
): Promise<Whole<Pod> | undefined> {
  // The cache may not have seen the pod's binding yet, so only a yes of it counts.
  return (
    (await shownOwn(objects, nodeName, named, { freshness: { kind: "any" }, signal })) ??
    (await shownOwn(objects, nodeName, named, { freshness: { kind: "latest" }, signal }))
  );
}

async function shownOwn(
  objects: ObjectStore,
  nodeName: string,
  { namespace, name, uid }: NamedPod,
  { freshness, signal }: { readonly freshness: Freshness; readonly signal: AbortSignal },
): Promise<Whole<Pod> | undefined> {
  try {
    const { object } = await objects.get(podKind, { namespace, name }, freshness, signal);
    return object.metadata.uid === uid && object.spec.nodeName === nodeName ? object : undefined;
  } catch (error: unknown) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
