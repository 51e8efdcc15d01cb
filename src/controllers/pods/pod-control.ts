import { isAlreadyExists, isApiError, isConflict, isNotFound } from "../../api/errors.js";
import { randomSuffix } from "../../api/hash.js";
import type { Kind } from "../../api/kinds/kind.js";
import { type ApiObject, keyOf, type Whole } from "../../api/object.js";
import { isAbort } from "../../base/abort.js";
import type { EventRecorder, ResourceClient } from "../../client/contracts.js";
import type { OwnWrites } from "../../client/own-writes.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { forEachBounded } from "../bounded.js";
import { isControlledBy } from "../ownership/owner-reference.js";
import { isTerminating } from "../pod-state.js";
import { isRefusal } from "../refusal.js";
import { type PodEventWording, usualWording } from "./pod-event-wording.js";
import { UncertainNames } from "./uncertain-names.js";

// One reconcile does not go on for ever, so that a change of the owner is heeded soon.
const maxPerReconcile = 500;
// As many calls as keep the api-server's group commit busy, from one owner.
const deletesAtOnce = 50;
// Names are drawn from 27^5: two that are taken in a row are a sign of something else.
const nameAttempts = 3;

/** A pod to be made. */
export interface PodDraft {
  /** Tells drafts apart that must not be swapped, as a node's name or an index; "" where any is as good as another. */
  readonly slot: string;
  /** Of this very name, or, with none, of one that begins with `metadata.generateName`. */
  readonly pod: Whole<Pod>;
}

/** What came of creating pods. */
export interface CreateOutcome {
  readonly created: readonly Whole<Pod>[];
  /** Not empty: not all that was asked for was tried. */
  readonly failures: readonly unknown[];
}

export interface PodControlDeps<Owner extends ApiObject> {
  readonly kind: Kind<Owner>;
  readonly pods: ResourceClient<Pod>;
  readonly ownWrites: OwnWrites;
  readonly events: EventRecorder;
  /** Most controllers' by default. */
  readonly wording?: PodEventWording;
}

/**
 * Creates and deletes pods for the objects of one kind that control them, and remembers what the cache cannot show yet.
 *
 * Invariants: a pod that was deleted is counted no more from the moment the server said so; a creation whose fate is
 * unknown is repeated under the same name, so that it never makes two.
 */
export class PodControl<Owner extends ApiObject> {
  /** Pods deleted, by uid, until the cache shows it; per owner's uid. */
  private readonly doomed = new Map<string, Set<string>>();
  private readonly uncertain = new UncertainNames();

  private readonly wording: PodEventWording;

  constructor(private readonly deps: PodControlDeps<Owner>) {
    this.wording = deps.wording ?? usualWording;
  }

  /**
   * The pods to plan with: those of `owned` that are not already being deleted by our doing. Call it before each plan, with
   * the very pods that are planned with: what the cache shows a moment later must not be forgotten in between.
   */
  countable({ metadata }: Whole<Owner>, owned: readonly Whole<Pod>[]): readonly Whole<Pod>[] {
    for (const pod of owned) this.uncertain.seen(metadata.uid, pod.metadata.name);
    const doomed = this.doomed.get(metadata.uid);
    if (doomed === undefined) return owned;
    const staying = new Set(owned.filter((pod) => !isTerminating(pod)).map((pod) => pod.metadata.uid));
    for (const uid of doomed) if (!staying.has(uid)) doomed.delete(uid);
    return owned.filter((pod) => !doomed.has(pod.metadata.uid));
  }

  /** Forgets what was remembered for an owner that is gone. */
  forget(ownerUid: string): void {
    this.doomed.delete(ownerUid);
    this.uncertain.forget(ownerUid);
  }

  /**
   * Creates pods in batches that double while all goes well (1, 2, 4 …): what is refused once is not asked for a hundred
   * times. At most 500 at a call; the cache then shows more to do. Tells of each by an Event on the owner.
   * @throws an abort error when `signal` fires
   */
  async create(owner: Whole<Owner>, drafts: readonly PodDraft[], signal: AbortSignal): Promise<CreateOutcome> {
    const created: Whole<Pod>[] = [];
    const due = drafts.slice(0, maxPerReconcile);
    for (let batch = 1; created.length < due.length; batch *= 2) {
      const now = due.slice(created.length, created.length + batch);
      const results = await Promise.allSettled(now.map((draft) => this.createOne(owner, draft, signal)));
      const failures = results.flatMap((result): unknown[] => (result.status === "rejected" ? [result.reason] : []));
      created.push(...results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])));
      if (failures.length > 0) return { created, failures: rethrowAbort(failures) };
    }
    return { created, failures: [] };
  }

  /**
   * Deletes pods, each only if it is still the one meant; at most 500 at a call. Tells of each by an Event on the owner.
   * @returns what failed. @throws an abort error when `signal` fires
   */
  async delete(owner: Whole<Owner>, pods: readonly Whole<Pod>[], signal: AbortSignal): Promise<readonly unknown[]> {
    const due = pods.slice(0, maxPerReconcile);
    return rethrowAbort(await forEachBounded(due, deletesAtOnce, (pod) => this.deleteOne(owner, pod, signal)));
  }

  private async createOne(owner: Whole<Owner>, draft: PodDraft, signal: AbortSignal): Promise<Whole<Pod>> {
    for (let attempt = 1; ; attempt++) {
      const { name, isKnown } = this.nameFor(owner, draft);
      try {
        const pod = await this.createNamed(owner, withName(draft.pod, name), isKnown, signal);
        this.deps.ownWrites.record(keyOf(owner), pod.metadata.resourceVersion);
        this.tell(owner, "Normal", "SuccessfulCreate", this.wording.done("create", name, owner));
        return pod;
      } catch (error: unknown) {
        if (isAlreadyExists(error) && draft.pod.metadata.name === "" && attempt < nameAttempts) continue;
        if (!isRefusal(error) && !isAlreadyExists(error)) this.uncertain.add(owner.metadata.uid, name, draft.slot);
        if (!isAbort(error)) this.tell(owner, "Warning", "FailedCreate", this.wording.failed("create", name, owner, textOf(error)));
        throw error;
      }
    }
  }

  /** `isKnown`: a pod of that name may be there by our own doing. */
  private nameFor({ metadata }: Whole<Owner>, { slot, pod }: PodDraft): { readonly name: string; readonly isKnown: boolean } {
    const uncertain = this.uncertain.take(metadata.uid, slot);
    if (pod.metadata.name !== "") return { name: pod.metadata.name, isKnown: true };
    if (uncertain !== undefined) return { name: uncertain, isKnown: true };
    return { name: `${pod.metadata.generateName ?? ""}${randomSuffix()}`, isKnown: false };
  }

  private async createNamed(owner: Whole<Owner>, pod: Whole<Pod>, isKnown: boolean, signal: AbortSignal): Promise<Whole<Pod>> {
    try {
      return await this.deps.pods.create(pod, { signal });
    } catch (error: unknown) {
      if (!isAlreadyExists(error) || !isKnown) throw error;
      const found = await this.deps.pods.get(keyOf(pod), { signal });
      // One that is going only keeps its name for a while yet.
      if (isControlledBy(found, owner) && !isTerminating(found)) return found;
      throw error;
    }
  }

  private async deleteOne(owner: Whole<Owner>, pod: Whole<Pod>, signal: AbortSignal): Promise<void> {
    const { uid, name } = pod.metadata;
    try {
      await this.deps.pods.delete(keyOf(pod), { options: { preconditions: { uid } }, signal });
      this.tell(owner, "Normal", "SuccessfulDelete", this.wording.done("delete", name, owner));
    } catch (error: unknown) {
      // It is gone, or another pod has its name.
      if (!isNotFound(error) && !isConflict(error)) {
        if (!isAbort(error)) this.tell(owner, "Warning", "FailedDelete", this.wording.failed("delete", name, owner, textOf(error)));
        throw error;
      }
    }
    const doomed = this.doomed.get(owner.metadata.uid) ?? new Set();
    doomed.add(uid);
    this.doomed.set(owner.metadata.uid, doomed);
  }

  private tell(owner: Whole<Owner>, type: "Normal" | "Warning", reason: string, message: string): void {
    this.deps.events.event({ kind: this.deps.kind as unknown as Kind, object: owner }, type, reason, message);
  }
}

function withName(pod: Whole<Pod>, name: string): Whole<Pod> {
  return { ...pod, metadata: { ...pod.metadata, name } };
}

function rethrowAbort(failures: readonly unknown[]): readonly unknown[] {
  const aborted = failures.find(isAbort);
  if (aborted !== undefined) throw aborted;
  return failures;
}

const textOf = (error: unknown): string => (isApiError(error) || error instanceof Error ? error.message : String(error));
