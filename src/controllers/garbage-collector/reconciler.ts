import { isDeepStrictEqual } from "node:util";
import { isConflict, isNotFound } from "../../api/errors.js";
import type { Kind } from "../../api/kinds/kind.js";
import { type ApiObject, keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import { unreachable } from "../../base/invariant.js";
import type { ApiClient, EventRecorder, Lister, Reconciler, Result } from "../../client/contracts.js";
import type { OwnerReference } from "../../gen/howbernetes/meta/v1/meta.js";
import { forEachBounded } from "../bounded.js";
import type { OwnedObject, OwnershipGraph } from "./ownership-graph.js";
import { foregroundFinalizer, type JudgedReference, type OwnedPlan, orphanFinalizer, planOwned, planOwner } from "./plan.js";

export interface GarbageDeps {
  readonly kind: Kind;
  readonly objects: Lister<ApiObject>;
  readonly client: ApiClient;
  readonly graph: OwnershipGraph;
  readonly events: EventRecorder;
}

// Enough to keep the api-server busy, few enough to leave it time for others.
const writesAtOnce = 20;

/**
 * Sees to it, for the objects of one kind, that they do not outlive their owners, unless they were told to. Every write
 * names the revision that was decided upon: what got another owner meanwhile, which the cache does not show yet, is not
 * touched.
 */
export class GarbageReconciler implements Reconciler {
  constructor(private readonly deps: GarbageDeps) {}

  async reconcile(key: ObjectKey, signal: AbortSignal): Promise<Result> {
    const { objects, graph } = this.deps;
    const object = objects.get(key);
    if (object === undefined) return {};
    const dependents = graph.dependentsOf(object);
    await this.asOwner(object, dependents, signal);
    if (object.metadata.ownerReferences.length === 0) return {};
    const references = await graph.judge(object, signal);
    this.tellOfMisplaced(object, references);
    const standing = { ownsSomething: dependents.length > 0, isInCircle: dependents.length > 0 && graph.isInCircle(object) };
    await this.carryOut(object, planOwned(object, references, standing), signal);
    return {};
  }

  private async asOwner(owner: Whole<ApiObject>, dependents: readonly OwnedObject[], signal: AbortSignal): Promise<void> {
    const plan = planOwner(owner, dependents);
    switch (plan.kind) {
      case "none":
        return;
      case "orphan": {
        this.deps.graph.detach(owner);
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
        return void (await this.dropReferences(kind, object, plan.uids, signal));
      case "unblock": {
        const unblocked = await this.unblock(object, plan.uids, signal);
        return unblocked === undefined ? undefined : await this.delete(unblocked, "Foreground", signal);
      }
      case "delete":
        return await this.delete(object, plan.propagation, signal);
      default:
        return unreachable(plan);
    }
  }

  /** Users look for it when what they made vanishes at once, or never goes. */
  private tellOfMisplaced(object: Whole<ApiObject>, references: readonly JudgedReference[]): void {
    const { kind, graph, events } = this.deps;
    const { namespace } = object.metadata;
    const doubtful = references.filter(({ fate }) => fate === "gone" || fate === "unknown");
    for (const { reference } of doubtful.filter((each) => graph.isMisplaced(object, each.reference))) {
      const message = `ownerRef ${describe(reference, namespace)} does not exist in namespace ${JSON.stringify(namespace)}`;
      events.event({ kind, object }, "Warning", "OwnerRefInvalidNamespace", message);
    }
  }

  private async unblock(object: Whole<ApiObject>, uids: ReadonlySet<string>, signal: AbortSignal): Promise<Whole<ApiObject> | undefined> {
    const ownerReferences = object.metadata.ownerReferences.map((reference) =>
      uids.has(reference.uid ?? "") ? { ...reference, blockOwnerDeletion: false } : reference,
    );
    return await this.patch(this.deps.kind, object, { ownerReferences }, signal);
  }

  private async dropReferences(kind: Kind, object: Whole<ApiObject>, uids: ReadonlySet<string>, signal: AbortSignal): Promise<void> {
    const ownerReferences = object.metadata.ownerReferences.filter(({ uid }) => !uids.has(uid ?? ""));
    await this.patch(kind, object, { ownerReferences }, signal);
  }

  private async removeFinalizer(object: Whole<ApiObject>, finalizer: string, signal: AbortSignal): Promise<void> {
    await this.patch(this.deps.kind, object, { finalizers: object.metadata.finalizers.filter((each) => each !== finalizer) }, signal);
  }

  /** @returns the object as it then is; undefined when it is gone. @throws ApiError Conflict when it is not as the cache shows it */
  private async patch(kind: Kind, object: Whole<ApiObject>, change: object, signal: AbortSignal): Promise<Whole<ApiObject> | undefined> {
    const { resourceVersion } = object.metadata;
    try {
      return await this.deps.client.of(kind).patch(keyOf(object), "merge", { metadata: { resourceVersion, ...change } }, { signal });
    } catch (error: unknown) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  private async delete(object: Whole<ApiObject>, propagationPolicy: string, signal: AbortSignal): Promise<void> {
    const { uid, resourceVersion } = object.metadata;
    try {
      const options = { preconditions: { uid, resourceVersion }, propagationPolicy };
      await this.deps.client.of(this.deps.kind).delete(keyOf(object), { options, signal });
    } catch (error: unknown) {
      if (isNotFound(error)) return;
      if (!isConflict(error)) throw error;
      await this.deleteChanged(object, propagationPolicy, signal);
    }
  }

  /** An object that changed, but not its owners (pods do all the time), can go; another of its name cannot. */
  private async deleteChanged(object: Whole<ApiObject>, propagationPolicy: string, signal: AbortSignal): Promise<void> {
    const objects = this.deps.client.of(this.deps.kind);
    const { uid, ownerReferences } = object.metadata;
    try {
      const { metadata: present } = await objects.get(keyOf(object), { signal });
      if (present.uid !== uid) return;
      const isSame = isDeepStrictEqual(present.ownerReferences, ownerReferences);
      const preconditions = { uid, resourceVersion: isSame ? present.resourceVersion : object.metadata.resourceVersion };
      // With other owners this is refused again, and tried again when the cache shows them.
      await objects.delete(keyOf(object), { options: { preconditions, propagationPolicy }, signal });
    } catch (error: unknown) {
      if (!isNotFound(error)) throw error;
    }
  }
}

function describe({ apiVersion, kind, name, uid }: OwnerReference, namespace: string): string {
  return `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`;
}
