import type { NodeInfo } from "./cluster-state.js";
import type { PodInfo } from "./pod-info.js";

/** A pod and a node that it might go to. */
export interface Candidate {
  readonly pod: PodInfo;
  readonly node: NodeInfo;
}

/** Whether a node will do for a pod, and if not, why: Kubernetes' words, for they end up in the pod's condition. */
export type Verdict = { readonly fits: true } | { readonly fits: false; readonly reasons: readonly string[] };

/** The node will do. */
export const fits: Verdict = { fits: true };

/** The node will not do; each reason is counted over all nodes. */
export function rejects(...reasons: string[]): Verdict {
  return { fits: false, reasons };
}

/** Says whether a node will do. Pure: called for every pod and node. */
export interface FilterPlugin {
  readonly name: string;
  filter(candidate: Candidate): Verdict;
}

/** The best score. */
export const maxScore = 100;

/** Says how good a node is for a pod, among those that will do. Pure. */
export interface ScorePlugin {
  readonly name: string;
  /** How much its score counts beside other plugins'. */
  readonly weight: number;
  /** 0 to `maxScore`, higher is better. */
  score(candidate: Candidate): number;
}

/** The plugins that decide. */
export interface Profile {
  /** In this order; the first that rejects a node gives the reasons. */
  readonly filters: readonly FilterPlugin[];
  readonly scores: readonly ScorePlugin[];
}
