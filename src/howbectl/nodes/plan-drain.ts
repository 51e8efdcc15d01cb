import type { Whole } from "../../api/object.js";
import { controllerOf } from "../../api/owner-reference.js";
import { timeToMs } from "../../api/values/time.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";

/** What may be done to pods, by the flags of `drain`. */
export interface DrainLeave {
  readonly force?: boolean;
  readonly ignoreDaemonsets?: boolean;
  readonly deleteEmptydirData?: boolean;
  /** Pods whose deletion is overdue by more than that are not waited for; 0: all are. */
  readonly skipWaitForDeleteTimeout: number;
}

/** That a pod's DaemonSet could not be read. */
export interface MissingOwner {
  readonly message: string;
  /** It is not there, rather than not to be seen. */
  readonly isGone: boolean;
}

/** What is known of a node that is to be drained. */
export interface DrainSnapshot {
  readonly pods: readonly Whole<Pod>[];
  /** By pods' uids: what is wrong with the DaemonSet that they name. */
  readonly missingOwners: ReadonlyMap<string, MissingOwner>;
  readonly nowMs: number;
}

/** Which pods are to leave a node. */
export interface DrainPlan {
  readonly leaving: readonly Whole<Pod>[];
  /** What the user is to know of some of them, or of some that stay; "" when there is nothing. */
  readonly warning: string;
  /** Why nothing may be done. */
  readonly errors: readonly string[];
}

/** What becomes of one pod, and a word on it. */
interface Verdict {
  readonly leaves: boolean;
  readonly warning?: string;
  readonly error?: string;
}

const leaves: Verdict = { leaves: true };
const stays: Verdict = { leaves: false };

/** Decides which of a node's pods a drain makes leave: kubectl's rules, in its words. */
export function planDrain(snapshot: DrainSnapshot, leave: DrainLeave): DrainPlan {
  const leaving: Whole<Pod>[] = [];
  const warnings = new Map<string, string[]>();
  const errors = new Map<string, string[]>();
  for (const pod of snapshot.pods) {
    const verdict = verdictOf(pod, snapshot, leave);
    if (verdict.leaves) leaving.push(pod);
    if (verdict.warning !== undefined) note(warnings, verdict.warning, pod);
    if (verdict.error !== undefined) note(errors, verdict.error, pod);
  }
  return {
    leaving,
    warning: linesOf(warnings).join("; "),
    errors: linesOf(errors).map((line) => (line.toLowerCase().startsWith("cannot delete") ? line : `cannot delete ${line}`)),
  };
}

function note(noted: Map<string, string[]>, text: string, { metadata }: Whole<Pod>): void {
  noted.set(text, [...(noted.get(text) ?? []), `${metadata.namespace}/${metadata.name}`]);
}

const linesOf = (noted: ReadonlyMap<string, readonly string[]>): string[] =>
  [...noted].map(([text, names]) => `${text}: ${names.join(", ")}`);

/** The first rule that keeps a pod decides; of those that let it go with a warning, the last one's is said. */
function verdictOf(pod: Whole<Pod>, snapshot: DrainSnapshot, leave: DrainLeave): Verdict {
  if (isOverdue(pod, leave.skipWaitForDeleteTimeout, snapshot.nowMs)) return stays;
  const byDaemonSet = daemonSetVerdict(pod, snapshot, leave);
  if (!byDaemonSet.leaves) return byDaemonSet;
  if (Object.hasOwn(pod.metadata.annotations, "kubernetes.io/config.mirror")) return stays;
  if (hasEnded(pod)) return leaves;
  const hasLocalStorage = pod.spec.volumes.some(({ volumeSource }) => volumeSource?.emptyDir !== undefined);
  if (hasLocalStorage && leave.deleteEmptydirData !== true) {
    return { leaves: false, error: "Pods with local storage (use --delete-emptydir-data to override)" };
  }
  if (controllerOf(pod) !== undefined) return leaves;
  if (leave.force === true) return { leaves: true, warning: "deleting Pods that declare no controller" };
  return { leaves: false, error: "cannot delete Pods that declare no controller (use --force to override)" };
}

function daemonSetVerdict(pod: Whole<Pod>, { missingOwners }: DrainSnapshot, leave: DrainLeave): Verdict {
  if (!needsDaemonSet(pod)) return leaves;
  const missing = missingOwners.get(pod.metadata.uid);
  if (missing !== undefined) return missing.isGone && leave.force === true ? leaves : { leaves: false, error: missing.message };
  return leave.ignoreDaemonsets === true
    ? { leaves: false, warning: "ignoring DaemonSet-managed Pods" }
    : { leaves: false, error: "DaemonSet-managed Pods (use --ignore-daemonsets to ignore)" };
}

/** Whether a pod stays for as long as its DaemonSet is there. */
export function needsDaemonSet(pod: Whole<Pod>): boolean {
  return !hasEnded(pod) && controllerOf(pod)?.kind === "DaemonSet";
}

/** Whether a pod should have been gone for more than so many seconds; never with 0. */
export function isOverdue({ metadata }: Whole<Pod>, seconds: number, nowMs: number): boolean {
  const { deletionTimestamp } = metadata;
  return seconds > 0 && deletionTimestamp !== undefined && nowMs - (timeToMs(deletionTimestamp) ?? nowMs) > seconds * 1_000;
}

const hasEnded = ({ status }: Whole<Pod>): boolean => status.phase === "Succeeded" || status.phase === "Failed";
