import { isAlreadyExists, isApiError, isConflict, isNotFound } from "../../api/errors.js";
import { randomSuffix } from "../../api/hash.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import { keyOf, type Whole } from "../../api/object.js";
import { isAbort } from "../../base/abort.js";
import type { EventRecorder, ResourceClient } from "../../client/contracts.js";
import type { OwnWrites } from "../../client/own-writes.js";
import type { ReplicaSet } from "../../gen/howbernetes/apps/v1/replicaset.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { forEachBounded } from "../bounded.js";
import { isControlledBy } from "../ownership/owner-reference.js";
import { isTerminating } from "../pod-state.js";
import { isRefusal } from "../refusal.js";
import type { ReplicaPlan } from "./plan.js";
import { podFromTemplate, podNamePrefix } from "./pod-from-template.js";
import type { ReplicaFailure } from "./status.js";

// One reconcile does not go on for ever, so that a change of the ReplicaSet is heeded soon.
const maxPerReconcile = 500;
// As many calls as keep the api-server's group commit busy, from one ReplicaSet.
const deletesAtOnce = 50;
// Names are drawn from 27^5: two that are taken in a row are a sign of something else.
const nameAttempts = 3;

/** What came of carrying out a plan. */
export interface Outcome {
  /** What the ReplicaSet's condition should say, if something failed. */
  readonly failure: ReplicaFailure | undefined;
  readonly errors: readonly unknown[];
}

export interface PodControlDeps {
  readonly pods: ResourceClient<Pod>;
  readonly ownWrites: OwnWrites;
  readonly events: EventRecorder;
}

/**
 * Creates and deletes pods for ReplicaSets, and remembers what the cache cannot show yet.
 *
 * Invariants: a pod that was deleted is counted no more from the moment the server said so; a creation whose fate is
 * unknown is repeated under the same name, so that it never makes two.
 */
export class PodControl {
  /** Pods deleted, by uid, until the cache shows it; per ReplicaSet's uid. */
  private readonly doomed = new Map<string, Set<string>>();
  /** Names of pods that may or may not have come into being; per ReplicaSet's uid. */
  private readonly uncertain = new Map<string, Set<string>>();

  constructor(private readonly deps: PodControlDeps) {}

  /**
   * The pods to plan with: those of `owned` that are not already being deleted by our doing. Call it before each plan, with
   * the very pods that are planned with: what the cache shows a moment later must not be forgotten in between.
   */
  countable({ metadata }: Whole<ReplicaSet>, owned: readonly Whole<Pod>[]): readonly Whole<Pod>[] {
    const names = this.uncertain.get(metadata.uid);
    for (const pod of owned) names?.delete(pod.metadata.name);
    const doomed = this.doomed.get(metadata.uid);
    if (doomed === undefined) return owned;
    const staying = new Set(owned.filter((pod) => !isTerminating(pod)).map((pod) => pod.metadata.uid));
    for (const uid of doomed) if (!staying.has(uid)) doomed.delete(uid);
    return owned.filter((pod) => !doomed.has(pod.metadata.uid));
  }

  /** Forgets what was remembered for a ReplicaSet that is gone. */
  forget(uid: string): void {
    this.doomed.delete(uid);
    this.uncertain.delete(uid);
  }

  async carryOut(replicaSet: Whole<ReplicaSet>, plan: ReplicaPlan, signal: AbortSignal): Promise<Outcome> {
    const created = await this.createMany(replicaSet, Math.min(plan.create, maxPerReconcile), signal);
    const remove = plan.remove.slice(0, maxPerReconcile);
    const deleted = await forEachBounded(remove, deletesAtOnce, (pod) => this.delete(replicaSet, pod, signal));
    const errors = [...created, ...deleted];
    const aborted = errors.find(isAbort);
    if (aborted !== undefined) throw aborted;
    const [first] = errors;
    if (first === undefined) return { failure: undefined, errors };
    return { failure: { reason: created.length > 0 ? "FailedCreate" : "FailedDelete", message: textOf(first) }, errors };
  }

  /** In batches that double while all goes well: what is refused once is not asked for a hundred times. */
  private async createMany(replicaSet: Whole<ReplicaSet>, count: number, signal: AbortSignal): Promise<readonly unknown[]> {
    for (let done = 0, batch = 1; done < count; done += batch, batch *= 2) {
      const now = Math.min(batch, count - done);
      const results = await Promise.allSettled(Array.from({ length: now }, () => this.create(replicaSet, signal)));
      const failures = results.flatMap((result): unknown[] => (result.status === "rejected" ? [result.reason] : []));
      if (failures.length > 0) return failures;
    }
    return [];
  }

  private async create(replicaSet: Whole<ReplicaSet>, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const name = this.takeUncertain(replicaSet) ?? `${podNamePrefix(replicaSet)}${randomSuffix()}`;
      try {
        const pod = await this.createNamed(replicaSet, name, signal);
        this.deps.ownWrites.record(keyOf(replicaSet), pod.metadata.resourceVersion);
        this.tell(replicaSet, "Normal", "SuccessfulCreate", `Created pod: ${name}`);
        return;
      } catch (error: unknown) {
        if (isAlreadyExists(error) && attempt < nameAttempts) continue;
        if (!isRefusal(error)) this.addUncertain(replicaSet, name);
        if (!isAbort(error)) this.tell(replicaSet, "Warning", "FailedCreate", `Error creating: ${textOf(error)}`);
        throw error;
      }
    }
  }

  private async createNamed(replicaSet: Whole<ReplicaSet>, name: string, signal: AbortSignal): Promise<Whole<Pod>> {
    try {
      return await this.deps.pods.create(podFromTemplate(replicaSet, name), { signal });
    } catch (error: unknown) {
      if (!isAlreadyExists(error)) throw error;
      const found = await this.deps.pods.get({ namespace: replicaSet.metadata.namespace, name }, { signal });
      if (isControlledBy(found, replicaSet)) return found;
      throw error;
    }
  }

  private async delete(replicaSet: Whole<ReplicaSet>, pod: Whole<Pod>, signal: AbortSignal): Promise<void> {
    const { uid, name } = pod.metadata;
    try {
      await this.deps.pods.delete(keyOf(pod), { options: { preconditions: { uid } }, signal });
      this.tell(replicaSet, "Normal", "SuccessfulDelete", `Deleted pod: ${name}`);
    } catch (error: unknown) {
      // It is gone, or another pod has its name.
      if (!isNotFound(error) && !isConflict(error)) {
        if (!isAbort(error)) this.tell(replicaSet, "Warning", "FailedDelete", `Error deleting: ${textOf(error)}`);
        throw error;
      }
    }
    const doomed = this.doomed.get(replicaSet.metadata.uid) ?? new Set();
    doomed.add(uid);
    this.doomed.set(replicaSet.metadata.uid, doomed);
  }

  private addUncertain({ metadata }: Whole<ReplicaSet>, name: string): void {
    const names = this.uncertain.get(metadata.uid) ?? new Set();
    names.add(name);
    this.uncertain.set(metadata.uid, names);
  }

  /**
   * A name to be tried again. It is not looked for in the cache here: the plan was made when the cache did not show it,
   * and counts on its pod.
   */
  private takeUncertain({ metadata }: Whole<ReplicaSet>): string | undefined {
    const names = this.uncertain.get(metadata.uid);
    const [name] = names ?? [];
    if (name !== undefined) names?.delete(name);
    return name;
  }

  private tell(replicaSet: Whole<ReplicaSet>, type: "Normal" | "Warning", reason: string, message: string): void {
    this.deps.events.event({ kind: replicaSetKind, object: replicaSet }, type, reason, message);
  }
}

const textOf = (error: unknown): string => (isApiError(error) || error instanceof Error ? error.message : String(error));
