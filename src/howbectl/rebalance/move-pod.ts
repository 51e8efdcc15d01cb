import { isConflict, isNotFound, isTooManyRequests } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { formatKey, type Whole } from "../../api/object.js";
import { controllerOf } from "../../api/owner-reference.js";
import type { PlanRebalanceResponse_Move } from "../../gen/howbernetes/api/v1/scheduling.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { CliEnv } from "../cli-env.js";
import { foundInTime } from "../deadline-signal.js";
import { changesAfter } from "../resources/changes-after.js";
import { isUsageError, UsageError } from "../usage-error.js";

/** What became of a move. */
export type MoveOutcome =
  | { readonly kind: "moved"; readonly replacement: Whole<Pod> }
  /** The pod had gone, or had been moved, before. */
  | { readonly kind: "gone" }
  | { readonly kind: "refused"; readonly message: string };

/**
 * Evicts one pod, and waits until what its controller has made in its place is bound and ready.
 * @throws UsageError when that takes longer than `timeoutMs`
 */
export async function movePod({ pod, from }: PlanRebalanceResponse_Move, timeoutMs: number, env: CliEnv): Promise<MoveOutcome> {
  const client = await env.client();
  const pods = client.of(podKind);
  const key = { namespace: pod?.namespace ?? "", name: pod?.name ?? "" };
  const selection = { namespace: key.namespace };
  const list = await pods.list({ ...selection, signal: env.signal });
  const present = list.items.find(({ metadata }) => metadata.uid === pod?.uid);
  if (present === undefined || present.spec.nodeName !== from) return { kind: "gone" };
  const owner = controllerOf(present)?.uid;
  const known = new Set(list.items.map(({ metadata }) => metadata.uid));
  const isReplacement = (each: Whole<Pod>): boolean => controllerOf(each)?.uid === owner && !known.has(each.metadata.uid) && isReady(each);
  try {
    await client.evict(key, { options: { preconditions: { uid: present.metadata.uid } }, signal: env.signal });
  } catch (error: unknown) {
    if (isNotFound(error) || isConflict(error)) return { kind: "gone" };
    if (isTooManyRequests(error)) return { kind: "refused", message: error.message };
    throw error;
  }
  const found = async (signal: AbortSignal): Promise<Whole<Pod> | undefined> => {
    // From before the eviction on: what is made meanwhile is not missed.
    for await (const { type, object } of changesAfter(pods, selection, list, signal)) {
      if (type !== "deleted" && isReplacement(object)) return object;
    }
    return undefined;
  };
  try {
    return { kind: "moved", replacement: await foundInTime(timeoutMs, env, found) };
  } catch (error: unknown) {
    if (!isUsageError(error)) throw error;
    throw new UsageError(`timed out waiting for what replaces pod ${formatKey(key)} to be ready: no more pods are moved`);
  }
}

const isReady = ({ spec, status }: Whole<Pod>): boolean =>
  Boolean(spec.nodeName) && status.conditions.some((condition) => condition.type === "Ready" && condition.status === "True");
