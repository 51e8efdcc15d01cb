import { messageFromJson, objectToJson } from "../../api/codec/json.js";
import { daemonSetKind } from "../../api/kinds/daemonset/kind.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { jobKind } from "../../api/kinds/job/kind.js";
import type { Kind } from "../../api/kinds/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import { statefulSetKind } from "../../api/kinds/statefulset/kind.js";
import type { ApiObject, ObjectKey, Whole } from "../../api/object.js";
import { formatLabelSelector } from "../../api/selectors/label-selector.js";
import type { Selection } from "../../client/contracts.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { LabelSelector } from "../../gen/howbernetes/meta/v1/values.js";
import type { CliEnv } from "../cli-env.js";
import { foundInTime } from "../deadline-signal.js";
import { objectAt } from "../manifests/json-fields.js";
import { changesAfter } from "../resources/changes-after.js";
import { parseTargets, type Target } from "../resources/resource-arguments.js";
import { keyFor } from "../resources/selection-flags.js";
import { UsageError } from "../usage-error.js";
import type { PodOrder } from "./pod-order.js";

/** Reads `POD` or `TYPE/NAME`. */
export function parsePodTarget(word: string): Target {
  const [target] = word.includes("/") ? parseTargets([word]) : [];
  return target ?? { kind: podKind, name: word };
}

/** A workload, and which pods are its. */
export interface Workload {
  readonly kind: Kind;
  readonly key: ObjectKey;
  readonly object: Whole<ApiObject>;
  readonly pods: Selection;
}

const workloadTypes: ReadonlySet<string> = new Set(
  [daemonSetKind, deploymentKind, jobKind, replicaSetKind, statefulSetKind].map(({ typeName }) => typeName),
);

/** The workload that is named. @throws UsageError when the kind has no pods; ApiError NotFound */
export async function readWorkload({ kind, name }: Target, doing: string, env: CliEnv): Promise<Workload> {
  if (!workloadTypes.has(kind.typeName)) throw new UsageError(`cannot ${doing} a ${kind.kind}: it selects no pods`);
  const key = await keyFor(kind, name, env);
  const object = await (await env.client()).of(kind).get(key, { signal: env.signal });
  const selector = objectAt(objectAt(objectToJson(kind, object), "spec"), "selector");
  const labelSelector = formatLabelSelector(messageFromJson("howbernetes.meta.v1.LabelSelector", selector).message as LabelSelector);
  return { kind, key, object, pods: { namespace: key.namespace, labelSelector } };
}

/**
 * The pods of a selection, the best first; when there are none yet, the first to come.
 *
 * @param timeoutMs how long to wait for one
 * @throws UsageError when none has come in time
 */
export async function somePods(
  selection: Selection,
  { order, timeoutMs }: { readonly order: PodOrder; readonly timeoutMs: number },
  env: CliEnv,
): Promise<readonly [Whole<Pod>, ...Whole<Pod>[]]> {
  const client = (await env.client()).of(podKind);
  const list = await client.list({ ...selection, signal: env.signal });
  const [first, ...others] = [...list.items].sort(order);
  if (first !== undefined) return [first, ...others];

  const pod = await foundInTime(timeoutMs, env, async (signal) => {
    for await (const { type, object } of changesAfter(client, selection, list, signal)) if (type !== "deleted") return object;
    return undefined;
  });
  return [pod];
}

/** The pod named, or the best one of the workload named. */
export async function podForSession(
  target: Target,
  { doing, timeoutMs, order }: { readonly doing: string; readonly timeoutMs: number; readonly order: PodOrder },
  env: CliEnv,
): Promise<Whole<Pod>> {
  if (target.kind.typeName === podKind.typeName) {
    return await (await env.client()).of(podKind).get(await keyFor(target.kind, target.name, env), { signal: env.signal });
  }
  const { pods } = await readWorkload(target, doing, env);
  return (await somePods(pods, { order, timeoutMs }, env))[0];
}
