import { forbidden, isNotFound } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import type { Namespace } from "../../gen/howbernetes/core/v1/namespace.js";
import type { CachedObject } from "../../storage/cacher/interface.js";
import type { Guard } from "../../storage/interface.js";
import type { ObjectStore } from "../object-store.js";
import { subjectOf } from "../objects/subject.js";
import type { AdmissionPlugin } from "./plugin.js";

/** Namespaces that are there from the start, and that the system cannot do without. */
export const systemNamespaces: readonly string[] = ["default", "kube-system", "kube-node-lease"];

/** Lets objects into namespaces that are there and are to stay. */
export const namespaceLifecycle: AdmissionPlugin = {
  name: "NamespaceLifecycle",

  async completeCreate({ kind, namespace, draft, isRetry, signal, require }, { objects }) {
    const about = { kind, namespace, name: draft.metadata.name, fresh: isRetry };
    require({ guards: await admitToNamespace(objects, about, signal) });
  },
};

/**
 * Admits a new object to a namespace.
 * @returns the condition, for the write that follows, that the namespace is still as it was found: else an object could
 * slip into one that has been emptied for its deletion
 * @throws ApiError NotFound, Forbidden when the namespace is being deleted
 */
export async function admitToNamespace(
  objects: Pick<ObjectStore, "get">,
  about: { readonly kind: Kind; readonly namespace: string; readonly name: string; readonly fresh: boolean },
  signal: AbortSignal,
): Promise<readonly Guard[]> {
  const { kind, namespace, name, fresh } = about;
  if (!kind.namespaced) return [];
  const found = await find(objects, namespace, fresh, signal);
  if (found.object.metadata.deletionTimestamp !== undefined) {
    const detail = `unable to create new content in namespace ${namespace} because it is being terminated`;
    throw forbidden(subjectOf(kind, name), detail);
  }
  return [{ key: found.key, revision: found.revision }];
}

/** Keeps the system's own namespaces. @throws ApiError Forbidden */
export function refuseSystemNamespace(kind: Kind, name: string): void {
  if (kind.typeName !== namespaceKind.typeName || !systemNamespaces.includes(name)) return;
  throw forbidden(subjectOf(kind, name), "this namespace may not be deleted");
}

async function find(
  objects: Pick<ObjectStore, "get">,
  namespace: string,
  fresh: boolean,
  signal: AbortSignal,
): Promise<CachedObject<Namespace>> {
  const key = { namespace: "", name: namespace };
  if (!fresh) {
    try {
      return await objects.get(namespaceKind, key, { kind: "any" }, signal);
    } catch (error: unknown) {
      // A namespace made a moment ago may not have reached the cache yet.
      if (!isNotFound(error)) throw error;
    }
  }
  return await objects.get(namespaceKind, key, { kind: "latest" }, signal);
}
