/** A cluster in a few words: what the reference scheduler decides on, and what is made into Nodes and Pods for the real one. */
export interface Model {
  readonly nodes: readonly ModelNode[];
  /** Pods that have a node. */
  readonly placed: readonly PlacedPod[];
  /** The label "team" of each namespace. */
  readonly teams: Readonly<Record<string, string>>;
}

export interface ModelNode {
  readonly name: string;
  readonly zone: string | undefined;
  readonly disk: string | undefined;
  readonly isCordoned: boolean;
  readonly isReady: boolean;
  readonly taints: readonly { readonly key: string; readonly effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute" }[];
  readonly milliCpu: number;
  readonly mebibytes: number;
  readonly maxPods: number;
  /** Sizes in mebibytes, by name. */
  readonly images: Readonly<Record<string, number>>;
}

export interface ModelPod {
  readonly name: string;
  readonly namespace: string;
  /** Its controller. */
  readonly owner: string | undefined;
  readonly app: string;
  /** Undefined asks for none. */
  readonly milliCpu: number | undefined;
  readonly mebibytes: number | undefined;
  readonly hostPort: number | undefined;
  readonly image: string;
  readonly selectsDisk: string | undefined;
  /** Any of these disks, by required node affinity; undefined for no such wish. */
  readonly needsDisks: readonly string[] | undefined;
  readonly likesDisks: readonly { readonly disk: string; readonly weight: number }[];
  /** Keys of taints. */
  readonly tolerates: readonly string[];
  readonly spread: readonly ModelSpread[];
  readonly near: readonly ModelTerm[];
  readonly far: readonly ModelTerm[];
  readonly likesNear: readonly WeightedTerm[];
  readonly likesFar: readonly WeightedTerm[];
}

export interface PlacedPod {
  readonly pod: ModelPod;
  readonly nodeName: string;
}

/** A label of nodes. */
export type TopologyKey = "topology.kubernetes.io/zone" | "kubernetes.io/hostname";

export interface ModelSpread {
  readonly key: TopologyKey;
  readonly maxSkew: number;
  readonly isHard: boolean;
  readonly app: string;
  readonly minDomains: number | undefined;
  readonly honorsTaints: boolean;
}

export interface ModelTerm {
  readonly key: TopologyKey;
  readonly app: string;
  /** Empty, with no team: the pod's own. */
  readonly namespaces: readonly string[];
  /** Namespaces of this team. */
  readonly team: string | undefined;
}

export interface WeightedTerm {
  readonly weight: number;
  readonly term: ModelTerm;
}

/** The value that a node has for a key. */
export function domainOf(node: ModelNode, key: TopologyKey): string | undefined {
  return key === "kubernetes.io/hostname" ? node.name : node.zone;
}
