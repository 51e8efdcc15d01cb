import type { Whole } from "../../api/object.js";
import { timeToMs } from "../../api/values/time.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { isReady, podCondition, restartsOf } from "../pod-state.js";

/** What the order goes by, besides the pods themselves. */
export interface Surroundings {
  /** The pods that count where pods are doubled up on a node; by default those to be ordered. */
  readonly related?: readonly Whole<Pod>[];
  /** Has ages compared by the power of two only, as of now, instead of exactly. */
  readonly nowMs?: number;
}

const phaseRank: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

/**
 * Kubernetes' order, the most dispensable pod first: without a node, then not running, not ready, with the lower
 * deletion cost, beside more of its kind on one node, ready for less long, restarted more often, younger.
 */
export function inDeletionOrder(pods: readonly Whole<Pod>[], { related = pods, nowMs }: Surroundings = {}): readonly Whole<Pod>[] {
  const perNode = new Map<string, number>();
  for (const { spec } of related) perNode.set(spec.nodeName ?? "", (perNode.get(spec.nodeName ?? "") ?? 0) + 1);
  const ranks = new Map(pods.map((pod) => [pod, dispensability(pod, perNode, nowMs)]));
  return [...pods].sort((a, b) => compare(ranks.get(a) ?? [], ranks.get(b) ?? []) || compareUids(a, b));
}

/** Numbers to compare in turn; where they first differ, the lower goes first. */
function dispensability(pod: Whole<Pod>, perNode: ReadonlyMap<string, number>, nowMs: number | undefined): readonly number[] {
  const { spec, status, metadata } = pod;
  const nodeName = spec.nodeName ?? "";
  const readySince = isReady(pod) ? podCondition(pod, "Ready")?.lastTransitionTime : undefined;
  return [
    nodeName === "" ? 0 : 1,
    phaseRank[status.phase ?? "Pending"] ?? 1,
    isReady(pod) ? 1 : 0,
    deletionCost(metadata.annotations),
    -(perNode.get(nodeName) ?? 0),
    ageClass(timeToMs(readySince), nowMs),
    -restartsOf(pod),
    -sidecarRestarts(pod),
    ageClass(timeToMs(metadata.creationTimestamp), nowMs),
  ];
}

/**
 * How old something is: with `nowMs`, to the power of two. Pods of one class count as of one age: among them it is their
 * uids, which are random, that decide, so that scaling down does not always empty the nodes that came last.
 */
function ageClass(sinceMs = 0, nowMs?: number): number {
  if (nowMs === undefined) return -sinceMs;
  return nowMs <= sinceMs ? -1 : Math.floor(Math.log2((nowMs - sinceMs) * nanosPerMs));
}

// Kubernetes takes the logarithm of nanoseconds: so its classes have the same bounds.
const nanosPerMs = 1_000_000;

function sidecarRestarts({ spec, status }: Whole<Pod>): number {
  const sidecars = new Set(spec.initContainers.filter(({ restartPolicy }) => restartPolicy === "Always").map(({ name }) => name));
  const counts = status.initContainerStatuses.filter(({ name }) => sidecars.has(name)).map(({ restartCount }) => restartCount ?? 0);
  return Math.max(0, ...counts);
}

function compareUids(a: Whole<Pod>, b: Whole<Pod>): number {
  return a.metadata.uid < b.metadata.uid ? -1 : 1;
}

function deletionCost(annotations: Readonly<Record<string, string>>): number {
  const text = annotations["controller.kubernetes.io/pod-deletion-cost"] ?? "0";
  return /^-?\d+$/.test(text) ? Number(text) : 0;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}
