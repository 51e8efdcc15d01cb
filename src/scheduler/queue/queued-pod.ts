import type { PodInfo } from "../cluster/pod-info.js";
import type { WakeHints } from "../framework/cluster-event.js";

/** A pod that waits for a node. */
export interface QueuedPod {
  /** As last seen. */
  pod: PodInfo;
  /** When it came into the queue, by the monotonic clock. */
  readonly sinceMs: number;
  /** How often it was tried. */
  attempts: number;
  /** What its PodScheduled condition was last told, so that the same is not written twice. */
  explained: string | undefined;
  /** Ends when that is written, or could not be. What is written of the pod later must not be overtaken by it. */
  told: Promise<void>;
}

/** Where a pod is in the queue; "taken" while it is being tried or bound. */
export type Place = "active" | "backoff" | "unschedulable" | "gated" | "taken";

/** What the queue knows of a pod. */
export interface Entry {
  readonly queued: QueuedPod;
  place: Place;
  /** Among pods of one priority, that with the smaller number is tried first. */
  order: number;
  /** When it may be tried again, by the monotonic clock. */
  dueMs: number;
  /** Since when no node suits it. */
  suspendedMs: number;
  /** What may change that. */
  hints: readonly WakeHints[];
  /** Its spec has changed while it was being tried. */
  isStale: boolean;
  /** Its place in the heap of `place`. */
  heapIndex: number;
  /** Its place among those that need not wait for the end of their backoff. */
  eagerIndex: number;
}
