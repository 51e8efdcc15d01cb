/**
 * Why a node will not do for a pod, as a filter answers it: so often that these are made once and shared. What it would
 * take to change the answer is in `Obstacle`s, which are made only when somebody asks.
 */
export interface Refusal {
  /** The plugin's name. */
  readonly plugin: string;
  /** Kubernetes' words, each counted over all nodes: they end up in the pod's condition. */
  readonly reasons: readonly string[];
  /** Whether the node might do once other pods have left it: only there does preemption look. */
  readonly mayYield: boolean;
}

/** A refusal of a node that pods with a lower priority could leave. */
export const refusal = (plugin: string, ...reasons: string[]): Refusal => ({ plugin, reasons, mayYield: true });

/** A refusal of a node that will not do whoever leaves it. */
export const lastingRefusal = (plugin: string, ...reasons: string[]): Refusal => ({ plugin, reasons, mayYield: false });

/** One reason for a refusal, in numbers, and what would take it away: any one of the remedies does. */
export interface Obstacle {
  /** The plugin's name. */
  readonly plugin: string;
  /** As in the refusal's `reasons`. */
  readonly reason: string;
  /** As "asks for 2Gi of memory, 120Mi of 8Gi are free". */
  readonly detail: string;
  /** The smallest first; empty when nothing that a user can do would help. */
  readonly remedies: readonly Remedy[];
}

/** A change that takes an obstacle away. */
export interface Remedy {
  /** For people, in the imperative: "free 120Mi of memory on n2", "drop nodeSelector disk=ssd", "uncordon n2". */
  readonly text: string;
  readonly change: RemedyChange;
}

/** What a remedy does, for programs. */
export type RemedyChange =
  /** So much more of a resource must be free on the node: thousandths for cpu, bytes, or a count. */
  | { readonly kind: "free"; readonly node: string; readonly resource: string; readonly amount: number }
  /** The pod's spec, by RFC 6902: a pod cannot be changed so, it is its template or manifest that is. */
  | { readonly kind: "pod"; readonly patch: readonly SpecChange[]; readonly less?: AmountLess }
  /** The node, by a command line of howbectl: "uncordon n2". */
  | { readonly kind: "node"; readonly node: string; readonly command: readonly string[] }
  /** Other pods have to go, or to come: which is said in the text. */
  | { readonly kind: "pods"; readonly node: string; readonly remove: readonly string[] };

/** How much less of a resource a changed pod asks for: thousandths for cpu, bytes, or a count. */
export interface AmountLess {
  readonly resource: string;
  readonly amount: number;
}

/** An operation of a JSON patch on the pod, as `{ op: "remove", path: "/spec/nodeSelector/disk" }`. */
export interface SpecChange {
  readonly op: "add" | "remove" | "replace";
  readonly path: string;
  readonly value?: unknown;
}
