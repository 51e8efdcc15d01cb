import { randomUUID } from "node:crypto";
import { makeWhole } from "../api/codec/whole.js";
import { isAlreadyExists } from "../api/errors.js";
import { namespaceKind } from "../api/kinds/namespace/kind.js";
import type { Clock } from "../base/clock.js";
import { systemNamespaces } from "./admission/namespace-lifecycle.js";
import type { ObjectStore } from "./object-store.js";
import { prepareCreate } from "./objects/prepare-create.js";

/** Creates the namespaces that every cluster has, where they are not there yet. */
export async function ensureSystemNamespaces(objects: ObjectStore, clock: Pick<Clock, "now">, signal: AbortSignal): Promise<void> {
  for (const name of systemNamespaces) {
    const namespace = makeWhole(namespaceKind, { metadata: { name, labels: { "kubernetes.io/metadata.name": name } } });
    prepareCreate(namespaceKind, namespace, { namespace: "", uid: randomUUID(), nowMs: clock.now() });
    try {
      await objects.create(namespaceKind, namespace, { signal });
    } catch (error: unknown) {
      if (!isAlreadyExists(error)) throw error;
    }
  }
}
