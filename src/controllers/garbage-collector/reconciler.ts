import { isConflict, isNotFound } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { type ApiObject, keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import { unreachable } from "../../base/invariant.js";
import type { ApiClient, Lister, Reconciler, Result } from "../../client/contracts.js";
import { forEachBounded } from "../bounded.js";
import type { OwnedObject, OwnershipGraph } from "./ownership-graph.js";
import { foregroundFinalizer, type OwnedPlan, orphanFinalizer, planOwned, planOwner } from "./plan.js";

export interface GarbageDeps {
  readonly kind: Kind;
  readonly objects: Lister<ApiObject>;
  readonly client: ApiClient;
  readonly graph: OwnershipGraph;
}

// Enough to keep the api-server busy, few enough to leave it time for others.
const writesAtOnce = 20;

/** Sees to it, for the objects of one kind, that they do not outlive their owners, unless they were told to. */
export class GarbageReconciler implements Reconciler {
  constructor(private readonly deps: GarbageDeps) {}

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const object = this.deps.objects.get(key);
    if (object === undefined) return {};
    const dependents = this.deps.graph.dependentsOf(object);
    await this.asOwner(object, dependents, signal);
    if (object.metadata.ownerReferences.length > 0) {
      const references = await this.deps.graph.judge(object, signal);
      await this.carryOut(object, planOwned(object, references, dependents), signal);
    }
    return {};
  }

  private async asOwner(owner: Whole<ApiObject>, dependents: readonly OwnedObject[], signal: AbortSignal): Promise<void> {
    const plan = planOwner(owner, dependents);
    switch (plan.kind) {
      case "none":
        return;
      case "orphan": {
        const owners = new Set([owner.metadata.uid]);
        const failures = await forEachBounded(dependents, writesAtOnce, ({ kind, object }) =>
          this.dropReferences(kind, object, owners, signal),
        );
        if (failures.length > 0) throw failures[0];
        return await this.removeFinalizer(owner, orphanFinalizer, signal);
      }
      case "release":
        return await this.removeFinalizer(owner, foregroundFinalizer, signal);
      default:
        return unreachable(plan);
    }
  }

  private async carryOut(object: Whole<ApiObject>, plan: OwnedPlan, signal: AbortSignal): Promise<void> {
    const { kind } = this.deps;
    switch (plan.kind) {
      case "keep":
        return;
      case "dropReferences":
        return await this.dropReferences(kind, object, plan.uids, signal);
      case "unblock": {
        const unblocked = object.metadata.ownerReferences.map((reference) =>
          plan.uids.has(reference.uid ?? "") ? { ...reference, blockOwnerDeletion: false } : reference,
        );
        await this.patch(kind, object, { ownerReferences: unblocked }, signal);
        return await this.delete(kind, object, "Foreground", signal);
      }
      case "delete":
        return await this.delete(kind, object, plan.propagation, signal);
      default:
        return unreachable(plan);
    }
  }

  private async dropReferences(kind: Kind, object: Whole<ApiObject>, uids: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    const ownerReferences = object.metadata.ownerReferences.filter(({ uid }) => !uids.has(uid ?? ""));
    await this.patch(kind, object, { ownerReferences }, signal);
  }

  private async removeFinalizer(object: Whole<ApiObject>, finalizer: string, signal: AbortSignal): Promise<void> {
    await this.patch(this.deps.kind, object, { finalizers: object.metadata.finalizers.filter((each) => each !== finalizer) }, signal);
  }

  /** The resourceVersion refuses the change of an object that the cache shows as it no longer is. */
  private async patch(kind: Kind, object: Whole<ApiObject>, change: object, signal: AbortSignal): Promise<void> {
    const { resourceVersion } = object.metadata;
    try {
      await this.deps.client.of(kind).patch(keyOf(object), "merge", { metadata: { resourceVersion, ...change } }, { signal });
    } catch (error: unknown) {
      if (!isNotFound(error)) throw error;
    }
  }

  private async delete(
    kind: Kind,
    object: Whole<ApiObject>,
    propagationPolicy: "Foreground" | "Background" | "Orphan",
    signal: AbortSignal,
  ): Promise<void> {
    const { uid } = object.metadata;
    try {
      await this.deps.client.of(kind).delete(keyOf(object), { options: { preconditions: { uid }, propagationPolicy }, signal });
    } catch (error: unknown) {
      // Gone already, or another object has its name.
      if (!isNotFound(error) && !isConflict(error)) throw error;
    }
  }
}
