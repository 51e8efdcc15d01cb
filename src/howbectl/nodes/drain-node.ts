import { isApiError, isNotFound } from "../../api/errors.js";
import { daemonSetKind } from "../../api/kinds/daemonset/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import type { Whole } from "../../api/object.js";
import { controllerOf } from "../../api/owner-reference.js";
import { sharedSignal } from "../../base/abort.js";
import type { ObjectList, Selection } from "../../client/contracts.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { CliEnv } from "../cli-env.js";
import { deadlineSignal } from "../deadline-signal.js";
import { concernsOneObject } from "../failures.js";
import { dryRunSuffix } from "../flags/write-flags.js";
import { Departures } from "./departures.js";
import type { DrainFlags } from "./drain-flags.js";
import { type DrainPlan, type MissingOwner, needsDaemonSet, planDrain } from "./plan-drain.js";
import { PodRemoval } from "./pod-removal.js";

/**
 * Makes the pods of a node leave, and waits until they have.
 *
 * @returns what kept it from doing so; empty when the node is drained
 */
export async function drainNode(nodeName: string, flags: DrainFlags, env: CliEnv): Promise<readonly string[]> {
  const { list, plan } = await planFor(nodeName, flags, env);
  if (plan.errors.length > 0) return plan.errors;
  if (plan.warning !== "") env.err.line(`Warning: ${plan.warning}`);
  if (flags.dryRun === "client") {
    for (const { metadata } of plan.leaving) {
      env.out.line(`evicting pod ${metadata.namespace}/${metadata.name}${dryRunSuffix(flags.dryRun)}`);
    }
    return [];
  }
  if (plan.leaving.length === 0) return [];
  const failures = await remove(nodeName, plan.leaving, list, { flags, env });
  if (failures.length > 0) await tellOfPending(nodeName, failures, flags, env);
  return failures;
}

const ofNode = (nodeName: string): Selection => ({ fieldSelector: `spec.nodeName=${nodeName}` });

async function planFor(
  nodeName: string,
  flags: DrainFlags,
  env: CliEnv,
): Promise<{ readonly list: ObjectList<Pod>; readonly plan: DrainPlan }> {
  const selection = { ...ofNode(nodeName), labelSelector: flags.podSelector, pageSize: flags.chunkSize };
  const list = await (await env.client()).of(podKind).list({ ...selection, signal: env.signal });
  const missingOwners = new Map<string, MissingOwner>();
  await Promise.all(
    list.items.filter(needsDaemonSet).map(async (pod) => {
      const missing = await missingDaemonSet(pod, env);
      if (missing !== undefined) missingOwners.set(pod.metadata.uid, missing);
    }),
  );
  return { list, plan: planDrain({ pods: list.items, missingOwners, nowMs: env.clock.now() }, flags) };
}

async function missingDaemonSet(pod: Whole<Pod>, env: CliEnv): Promise<MissingOwner | undefined> {
  const key = { namespace: pod.metadata.namespace, name: controllerOf(pod)?.name ?? "" };
  try {
    await (await env.client()).of(daemonSetKind).get(key, { signal: env.signal });
    return undefined;
  } catch (error: unknown) {
    if (!isApiError(error) || !concernsOneObject(error)) throw error;
    return { message: error.message, isGone: isNotFound(error) };
  }
}

interface Surroundings {
  readonly flags: DrainFlags;
  readonly env: CliEnv;
}

async function remove(
  nodeName: string,
  pods: readonly Whole<Pod>[],
  list: ObjectList<Pod>,
  { flags, env }: Surroundings,
): Promise<readonly string[]> {
  const client = await env.client();
  const deadline = deadlineSignal(flags.timeout === 0 ? undefined : flags.timeout, env);
  const ended = new AbortController();
  // Every pod waits on it by itself.
  const signal = sharedSignal(AbortSignal.any([deadline.signal, ended.signal]));
  const departures = new Departures(pods, flags.skipWaitForDeleteTimeout, env.clock);
  const watching = departures.watch(client.of(podKind), ofNode(nodeName), list, signal);
  const removal = new PodRemoval({ client, departures, flags, env, signal });
  try {
    return flags.disableEviction === true ? await removal.deleteAll(pods) : await removal.evictAll(pods);
  } finally {
    deadline.cancel();
    ended.abort();
    await watching;
  }
}

async function tellOfPending(nodeName: string, failures: readonly string[], flags: DrainFlags, env: CliEnv): Promise<void> {
  const { plan } = await planFor(nodeName, flags, env);
  if (plan.leaving.length > 0) {
    env.err.line(`There are pending pods in node "${nodeName}" when an error occurred: ${asOneText(failures)}`);
    for (const { metadata } of plan.leaving) env.err.line(`pod/${metadata.name}`);
  }
  if (plan.errors.length > 0) {
    env.err.line(`Following errors occurred while getting the list of pods to delete:\n${asOneText(plan.errors)}`);
  }
}

/** Several errors in one line, as kubectl has them. */
export function asOneText(errors: readonly string[]): string {
  return errors.length === 1 ? errors.join() : `[${errors.join(", ")}]`;
}
