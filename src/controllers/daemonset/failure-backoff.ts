import { type BackoffOptions, backoffMs } from "../../base/backoff.js";

/** Kubernetes' waits. A node that refuses a pod would otherwise be asked over and over. */
const backoff: BackoffOptions = { initialMs: 1_000, maxMs: 15 * 60_000, jitter: "none" };
/** A pod that held for so long has failed anew. */
const forgottenAfterMs = 2 * backoff.maxMs;

interface Failures {
  count: number;
  lastMs: number;
}

/**
 * Says when a node's failed pod may give way to a new one: the first at once, each further one after a wait that doubles.
 * Kept per DaemonSet, generation and node: a changed DaemonSet may have been mended.
 */
export class FailureBackoff {
  private readonly bySet = new Map<string, { readonly generation: number; readonly nodes: Map<string, Failures> }>();

  /** The DaemonSet is gone. */
  forget(uid: string): void {
    this.bySet.delete(uid);
  }

  /** How long a failed pod has to stay yet. 0: it may go now, and is counted. */
  waitMs(set: { readonly uid: string; readonly generation: number }, nodeName: string, nowMs: number): number {
    const failures = this.of(set).get(nodeName);
    if (failures === undefined || nowMs - failures.lastMs > forgottenAfterMs) {
      this.of(set).set(nodeName, { count: 1, lastMs: nowMs });
      return 0;
    }
    const dueMs = failures.lastMs + backoffMs(failures.count, backoff);
    if (nowMs < dueMs) return dueMs - nowMs;
    failures.count += 1;
    failures.lastMs = nowMs;
    return 0;
  }

  private of({ uid, generation }: { readonly uid: string; readonly generation: number }): Map<string, Failures> {
    const known = this.bySet.get(uid);
    if (known !== undefined && known.generation === generation) return known.nodes;
    const nodes = new Map<string, Failures>();
    this.bySet.set(uid, { generation, nodes });
    return nodes;
  }
}
