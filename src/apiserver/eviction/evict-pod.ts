import { internalError, isConflict, isNotFound } from "../../api/errors.js";
import { disruptionTarget } from "../../api/kinds/pod/disruption-target.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { podDisruptionBudgetKind } from "../../api/kinds/poddisruptionbudget/kind.js";
import { keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import { compileLabelSelector } from "../../api/selectors/label-selector.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { DeleteOptions } from "../../gen/howbernetes/meta/v1/options.js";
import type { PodDisruptionBudget } from "../../gen/howbernetes/policy/v1/pod_disruption_budget.js";
import type { CachedObject } from "../../storage/cacher/interface.js";
import type { Guard } from "../../storage/interface.js";
import type { ObjectStore } from "../object-store.js";
import { checkPreconditions, deleteObject } from "../objects/delete-object.js";
import { chargeBudget, isFreeToGo, needsNoBudget, unsettledBudget } from "./budget.js";

export interface EvictionRequest {
  readonly key: ObjectKey;
  /** Checked. */
  readonly options: DeleteOptions;
  readonly guards: readonly Guard[];
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

/** What lets a pod go: nothing holds it, its budget was charged, or it does not count as long as it is as it was. */
type Leave = { readonly leave: "given" } | { readonly leave: "if unchanged"; readonly budget: string };

const given: Leave = { leave: "given" };

/**
 * Deletes a pod, if the budget that selects it allows so. The budget is charged by compare-and-swap before the pod goes:
 * of evictions that race, no more succeed than it allows, and one that fails in between costs a disruption that did not
 * happen, until the controller counts again.
 * @throws ApiError TooManyRequests, NotFound, Conflict when a precondition does not hold
 */
export async function evictPod(objects: ObjectStore, request: EvictionRequest): Promise<void> {
  for (let lostAt: number | undefined; ; ) {
    const found = await objects.get(podKind, request.key, { kind: "latest" }, request.signal);
    // Before a budget is charged for a pod that is not the one meant.
    checkPreconditions(podKind, found, request.options);
    const isFree = needsNoBudget(found.object);
    const permit = isFree ? given : await leaveOf(objects, found.object, request);
    try {
      await disrupt(objects, found, { ...request, options: pinned(found, request.options, isFree ? "phase" : permit.leave) });
      return;
    } catch (error: unknown) {
      if (!isConflict(error) || isVersioned(request.options)) throw error;
      if (permit.leave === "if unchanged") throw unsettledBudget(permit.budget);
      // What needed no budget may need one by now. Twice at one revision, it was not another write that came between.
      if (!isFree || lostAt === found.revision) throw error;
      lostAt = found.revision;
    }
  }
}

/** Asks the pod's budget for leave, and charges it. @throws ApiError TooManyRequests, InternalError when there is more than one */
async function leaveOf(objects: ObjectStore, pod: Whole<Pod>, request: EvictionRequest): Promise<Leave> {
  for (;;) {
    const [budget, another] = await budgetsOf(objects, pod, request.signal);
    if (budget === undefined) return given;
    if (another !== undefined) {
      throw internalError("This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.");
    }
    const { name } = budget.metadata;
    if (isFreeToGo(pod, budget)) return { leave: "if unchanged", budget: name };
    try {
      await charge(objects, budget, pod, request);
      return given;
    } catch (error: unknown) {
      // A budget that has been deleted since holds nobody; another may have taken its place.
      if (!isNotFound(error)) throw error;
    }
  }
}

async function budgetsOf(objects: ObjectStore, pod: Whole<Pod>, signal: AbortSignal): Promise<readonly Whole<PodDisruptionBudget>[]> {
  const { namespace, labels } = pod.metadata;
  const all = await objects.list(podDisruptionBudgetKind, namespace, { kind: "latest" }, signal);
  return all.map(({ object }) => object).filter(({ spec }) => compileLabelSelector(spec.selector).matches(labels));
}

async function charge(
  objects: ObjectStore,
  budget: Whole<PodDisruptionBudget>,
  pod: Whole<Pod>,
  { options, guards, nowMs, signal }: EvictionRequest,
): Promise<void> {
  const dryRun = isDryRun(options);
  const take = (draft: Whole<PodDisruptionBudget>): true => {
    chargeBudget(draft, pod.metadata.name, nowMs());
    return true;
  };
  await objects.mutate(podDisruptionBudgetKind, keyOf(budget), take, { signal, guards, dryRun });
}

/** Says on the pod why it goes, and deletes it. */
async function disrupt(objects: ObjectStore, { object: pod }: CachedObject<Pod>, request: EvictionRequest): Promise<void> {
  const { key, guards, nowMs, signal } = request;
  let { options } = request;
  const said = { reason: "EvictionByEvictionAPI", message: "Eviction API: evicting" } as const;
  if (!isDryRun(options) && pod.metadata.deletionTimestamp === undefined) {
    const mark = (draft: Whole<Pod>): true => {
      const condition = disruptionTarget(draft.status, said, nowMs());
      draft.status.conditions = [...draft.status.conditions.filter(({ type }) => type !== condition.type), condition];
      return true;
    };
    const ifResourceVersion = isVersioned(options) ? options.preconditions?.resourceVersion : undefined;
    const marked = await objects.mutate(podKind, key, mark, { signal, guards, uid: pod.metadata.uid, ifResourceVersion });
    if (isVersioned(options)) options = withPreconditions(options, { resourceVersion: String(marked.revision) });
  }
  const check = (): void => undefined;
  await deleteObject(objects, podKind, key, { options, nowMs: nowMs(), guards, dryRun: isDryRun(options), signal, check });
}

/**
 * The options with what must not have changed: that it is the same pod; and the pod itself, where the leave was given for
 * what it was.
 */
function pinned({ object, revision }: CachedObject<Pod>, options: DeleteOptions, by: "phase" | Leave["leave"]): DeleteOptions {
  const { uid } = object.metadata;
  const isPending = by === "phase" && object.metadata.deletionTimestamp === undefined && object.status.phase === "Pending";
  if ((!isPending && by !== "if unchanged") || isVersioned(options)) return withPreconditions(options, { uid });
  return withPreconditions(options, { uid, resourceVersion: String(revision) });
}

function withPreconditions(options: DeleteOptions, also: { readonly uid?: string; readonly resourceVersion?: string }): DeleteOptions {
  const { uid, resourceVersion } = options.preconditions ?? {};
  return { ...options, preconditions: { uid, resourceVersion, ...also } };
}

const isDryRun = ({ dryRun }: DeleteOptions): boolean => dryRun.length > 0;

const isVersioned = ({ preconditions }: DeleteOptions): boolean => (preconditions?.resourceVersion ?? "") !== "";
