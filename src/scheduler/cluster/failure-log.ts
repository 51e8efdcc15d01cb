import type { Whole } from "../../api/object.js";
import { controllerOf } from "../../api/owner-reference.js";
import type { Clock } from "../../base/clock.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { ContainerStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { nodeNameOf } from "./pod-info.js";

/** How many failures within `failureWindowMs` make a node one where a workload fails repeatedly. */
const repeated = 3;
/** As long as Kubernetes takes a container to have recovered that runs without failing. */
const failureWindowMs = 10 * 60_000;
// What one broken workload a node would make of 5,000 nodes; the oldest are forgotten beyond.
const mostEntries = 5_000;

/** When a workload's last failures on a node were, by the monotonic clock; the latest last, at most `repeated`. */
type Times = readonly number[];

/**
 * Where pods have just failed, by the workload that they belong to: their controller. Learnt from changes alone, and
 * forgotten after a while and with the term: it need not be complete, for it only ranks nodes.
 *
 * Invariants: bounded; a workload is known only as long as there are failures of it.
 */
export class FailureLog {
  private readonly workloads = new Map<string, Map<string, Times>>();
  private entries = 0;

  constructor(private readonly clock: Pick<Clock, "monotonicMs">) {}

  /** Notes the failures that a change of a pod tells of. Whatever was so when the pod was first seen is not news. */
  seen(pod: Whole<Pod>, previous: Whole<Pod> | undefined): void {
    if (previous === undefined) return;
    const failures = failuresBetween(previous, pod);
    const workload = failures === 0 ? undefined : controllerOf(pod)?.uid;
    const nodeName = nodeNameOf(pod);
    if (workload === undefined || nodeName === "") return;
    this.note(workload, nodeName, Math.min(failures, repeated));
  }

  /** The nodes on which a workload has just failed repeatedly; undefined when there are none. */
  troubledNodes(pod: Whole<Pod>): ReadonlySet<string> | undefined {
    // By far the most pods are asked about while nothing has failed.
    if (this.workloads.size === 0) return undefined;
    const uid = controllerOf(pod)?.uid ?? "";
    const nodes = this.workloads.get(uid);
    if (nodes === undefined) return undefined;
    const since = this.clock.monotonicMs() - failureWindowMs;
    const troubled = new Set<string>();
    for (const [nodeName, times] of nodes) {
      const recent = times.filter((time) => time > since).length;
      if (recent === 0) this.drop(uid, nodeName);
      else if (recent >= repeated) troubled.add(nodeName);
    }
    return troubled.size === 0 ? undefined : troubled;
  }

  private note(workload: string, nodeName: string, failures: number): void {
    const before = this.workloads.get(workload)?.get(nodeName) ?? [];
    const times = [...before, ...new Array<number>(failures).fill(this.clock.monotonicMs())].slice(-repeated);
    // Put last: what comes first has not failed for the longest time.
    this.drop(workload, nodeName);
    const nodes = this.workloads.get(workload) ?? new Map<string, Times>();
    this.workloads.delete(workload);
    this.workloads.set(workload, nodes.set(nodeName, times));
    this.entries++;
    if (this.entries > mostEntries) this.dropOldest();
  }

  private dropOldest(): void {
    const [workload, nodes] = this.workloads.entries().next().value ?? [];
    const nodeName: string | undefined = nodes?.keys().next().value;
    if (workload !== undefined && nodeName !== undefined) this.drop(workload, nodeName);
  }

  private drop(workload: string, nodeName: string): void {
    const nodes = this.workloads.get(workload);
    if (nodes?.delete(nodeName) !== true) return;
    this.entries--;
    if (nodes.size === 0) this.workloads.delete(workload);
  }
}

// Ends that say nothing of how a workload fares on its node: it was made to leave, or its time was up.
const imposed: ReadonlySet<string> = new Set([
  "Evicted",
  "Preempting",
  "Preempted",
  "NodeLost",
  "NodeShutdown",
  "Shutdown",
  "Terminated",
  "DeadlineExceeded",
]);

/** How many failures there were between two versions of a pod: refused by its node, ended in failure, or containers restarted. */
function failuresBetween(before: Whole<Pod>, { metadata, status }: Whole<Pod>): number {
  // Containers that are stopped end as they like.
  if (metadata.deletionTimestamp !== undefined) return 0;
  if (status.conditions.some(({ type, status: is }) => type === "DisruptionTarget" && is === "True")) return 0;
  const ended = status.phase === "Failed" && before.status.phase !== "Failed" && !imposed.has(status.reason ?? "");
  if (ended) return 1;
  return (
    crashesBetween(before.status.containerStatuses, status.containerStatuses) +
    crashesBetween(before.status.initContainerStatuses, status.initContainerStatuses)
  );
}

function crashesBetween(before: readonly ContainerStatus[], after: readonly ContainerStatus[]): number {
  let crashes = 0;
  for (const { name, restartCount = 0, lastState } of after) {
    if (restartCount === 0) continue;
    const known = before.find((other) => other.name === name)?.restartCount ?? 0;
    if (restartCount > known && (lastState?.terminated?.exitCode ?? 0) !== 0) crashes += restartCount - known;
  }
  return crashes;
}
