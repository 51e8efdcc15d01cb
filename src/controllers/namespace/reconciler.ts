import { isConflict, isNotFound, qualifiedResource } from "../../api/errors.js";
import { kinds } from "../../api/kinds/index.js";
import type { Kind } from "../../api/kinds/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { type ApiObject, keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import type { Clock } from "../../base/clock.js";
import type { ApiClient, Lister, Reconciler, Result } from "../../client/contracts.js";
import type { Namespace } from "../../gen/howbernetes/core/v1/namespace.js";
import { forEachBounded } from "../bounded.js";
import { writeStatus } from "../write-status.js";
import { isEmptying, namespaceFinalizer, type Remainder, remainderConditions } from "./plan.js";

export interface NamespaceDeps {
  readonly namespaces: Lister<Namespace>;
  readonly client: ApiClient;
  readonly clock: Clock;
}

/** Pods go first, so that what they need (configuration, network) outlives them; the rest when the last of them is gone. */
const stages: readonly (readonly Kind[])[] = [
  [podKind],
  kinds.filter(({ namespaced, typeName }) => namespaced && typeName !== podKind.typeName),
];

const deletesAtOnce = 20;
// Watches tell of nearly everything that goes; this is for the kinds that no controller watches.
const lookAgainMs = 5_000;

/** Empties a namespace that is being deleted, says meanwhile what it waits for, then lets it go. */
export class NamespaceReconciler implements Reconciler {
  constructor(private readonly deps: NamespaceDeps) {}

  async reconcile({ name }: ObjectKey, signal: AbortSignal): Promise<Result> {
    const namespace = this.deps.namespaces.get({ namespace: "", name });
    if (namespace === undefined || !isEmptying(namespace)) return {};
    for (const stage of stages) {
      const remainders = await this.empty(name, stage, signal);
      if (remainders.every(({ objects }) => objects.length === 0)) continue;
      await this.say(namespace, remainders, signal);
      return { requeueAfterMs: lookAgainMs };
    }
    await this.release(namespace, signal);
    return {};
  }

  /** Deletes all objects of some kinds. @returns what is still there */
  private async empty(namespace: string, stage: readonly Kind[], signal: AbortSignal): Promise<readonly Remainder[]> {
    const remainders: Remainder[] = [];
    for (const kind of stage) {
      // From the server, not from a cache: one that trails would let the namespace go with objects in it.
      const { items } = await this.deps.client.of(kind).list({ namespace, signal });
      const left: Whole<ApiObject>[] = [];
      const failures = await forEachBounded(items, deletesAtOnce, async (object) => {
        if (!(await this.delete(kind, object, signal))) left.push(object);
      });
      if (failures.length > 0) throw failures[0];
      remainders.push({ resource: qualifiedResource(kind.group, kind.plural), objects: left });
    }
    return remainders;
  }

  /** @returns whether it is gone */
  private async delete(kind: Kind, object: Whole<ApiObject>, signal: AbortSignal): Promise<boolean> {
    const { uid, deletionTimestamp } = object.metadata;
    if (deletionTimestamp !== undefined) return false;
    try {
      const options = { preconditions: { uid }, propagationPolicy: "Background" };
      const { deleted } = await this.deps.client.of(kind).delete(keyOf(object), { options, signal });
      return deleted;
    } catch (error: unknown) {
      if (isNotFound(error) || isConflict(error)) return true;
      throw error;
    }
  }

  private async say(namespace: Whole<Namespace>, remainders: readonly Remainder[], signal: AbortSignal): Promise<void> {
    const conditions = [...remainderConditions(namespace, remainders, this.deps.clock.now())];
    await writeStatus(this.deps.client.of(namespaceKind), namespace, { ...namespace.status, conditions }, signal);
  }

  private async release(namespace: Whole<Namespace>, signal: AbortSignal): Promise<void> {
    const finalizers = namespace.spec.finalizers.filter((finalizer) => finalizer !== namespaceFinalizer);
    const key = keyOf(namespace);
    try {
      await this.deps.client.of(namespaceKind).patch(key, "merge", { spec: { finalizers } }, { subresource: "finalize", signal });
    } catch (error: unknown) {
      if (!isNotFound(error)) throw error;
    }
  }
}
