import { isConflict, isNotFound } from "../../api/errors.js";
import { kinds } from "../../api/kinds/index.js";
import type { Kind } from "../../api/kinds/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { type ApiObject, keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import { isAbort } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { ApiClient, Lister, Reconciler, Result } from "../../client/contracts.js";
import type { Namespace } from "../../gen/howbernetes/core/v1/namespace.js";
import { forEachBounded } from "../bounded.js";
import { watchedKinds } from "../shared-informers.js";
import { writeCurrentStatus } from "../write-status.js";
import { type Emptying, emptyingConditions, isEmptying, namespaceFinalizer, type Remainder, resourceOf } from "./plan.js";

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
// For the kinds that no controller watches; of all others a watch tells when they are gone.
const lookAgainMs = 5_000;

/** What came of emptying a namespace of some kinds. */
interface StageOutcome extends Emptying {
  readonly errors: readonly unknown[];
}

/**
 * Empties a namespace that is being deleted, says meanwhile what it waits for, then lets it go. It goes by the server's
 * word alone: caches that trail would let it go with objects in it, or empty another one of its name.
 */
export class NamespaceReconciler implements Reconciler {
  constructor(private readonly deps: NamespaceDeps) {}

  async reconcile({ name }: ObjectKey, signal: AbortSignal): Promise<Result> {
    if (this.deps.namespaces.get({ namespace: "", name }) === undefined) return {};
    const namespace = await this.present(name, signal);
    if (namespace === undefined || !isEmptying(namespace)) return {};
    for (const stage of stages) {
      const outcome = await this.empty(name, stage, signal);
      if (outcome.errors.length === 0 && outcome.remainders.length === 0) continue;
      await this.say(namespace, outcome, signal);
      if (outcome.errors.length > 0) throw outcome.errors[0];
      return outcome.remainders.every(({ kind }) => watchedKinds.includes(kind)) ? {} : { requeueAfterMs: lookAgainMs };
    }
    await this.release(namespace, signal);
    return {};
  }

  private async present(name: string, signal: AbortSignal): Promise<Whole<Namespace> | undefined> {
    try {
      return await this.deps.client.of(namespaceKind).get({ namespace: "", name }, { signal });
    } catch (error: unknown) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Deletes all objects of some kinds. One kind that can't be emptied does not keep the others from it. */
  private async empty(namespace: string, stage: readonly Kind[], signal: AbortSignal): Promise<StageOutcome> {
    const remainders: Remainder[] = [];
    const errors: unknown[] = [];
    const failures: string[] = [];
    for (const kind of stage) {
      const { left, errors: ofKind } = await this.emptyOf(kind, namespace, signal);
      if (left.length > 0) remainders.push({ kind, objects: left });
      errors.push(...ofKind);
      const [first] = ofKind;
      if (first !== undefined) failures.push(`${resourceOf(kind)}: ${first instanceof Error ? first.message : String(first)}`);
    }
    return { remainders, failures, errors };
  }

  /** @returns what is still there, and what failed. @throws an abort error when `signal` fires */
  private async emptyOf(kind: Kind, namespace: string, signal: AbortSignal) {
    const left: Whole<ApiObject>[] = [];
    try {
      const { items } = await this.deps.client.of(kind).list({ namespace, signal });
      const errors = await forEachBounded(items, deletesAtOnce, async (object) => {
        if (!(await this.delete(kind, object, signal))) left.push(object);
      });
      return { left, errors: rethrowAbort(errors) };
    } catch (error: unknown) {
      return { left, errors: rethrowAbort([error]) };
    }
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

  private async say(namespace: Whole<Namespace>, emptying: Emptying, signal: AbortSignal): Promise<Whole<Namespace>> {
    const conditions = [...emptyingConditions(namespace, emptying, this.deps.clock.now())];
    return await writeCurrentStatus(this.deps.client.of(namespaceKind), namespace, { ...namespace.status, conditions }, signal);
  }

  /** The resourceVersion keeps the finalizers that others added meanwhile. */
  private async release(namespace: Whole<Namespace>, signal: AbortSignal): Promise<void> {
    const finalizers = namespace.spec.finalizers.filter((finalizer) => finalizer !== namespaceFinalizer);
    try {
      // Held by others it stays to be seen, and should say that this much is done.
      const present = finalizers.length === 0 ? namespace : await this.say(namespace, { remainders: [], failures: [] }, signal);
      const patch = { metadata: { resourceVersion: present.metadata.resourceVersion }, spec: { finalizers } };
      await this.deps.client.of(namespaceKind).patch(keyOf(namespace), "merge", patch, { subresource: "finalize", signal });
    } catch (error: unknown) {
      if (!isNotFound(error)) throw error;
    }
  }
}

function rethrowAbort(errors: readonly unknown[]): readonly unknown[] {
  const aborted = errors.find(isAbort);
  if (aborted !== undefined) throw aborted;
  return errors;
}
