import type { Whole } from "../../api/object.js";
import type { ReplicaSet } from "../../gen/howbernetes/apps/v1/replicaset.js";
import type { Event } from "../../gen/howbernetes/core/v1/event.js";
import type { LimitRange } from "../../gen/howbernetes/core/v1/limit_range.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { ResourceQuota } from "../../gen/howbernetes/core/v1/resource_quota.js";
import type { FlightRecord } from "../../gen/howbernetes/flight/v1/flight_record.js";
import type { KindObject } from "../printers/object-format.js";
import type { NodeVerdict, ObjectRef, Suggestion } from "./finding.js";

/** What is known of a pod, and of what it depends on. */
export interface PodFacts {
  readonly pod: Whole<Pod>;
  /** What controls it, then what controls that. */
  readonly controllers: readonly KindObject[];
  /** About the pod, oldest first. */
  readonly events: readonly Whole<Event>[];
  /** Of its containers that died, the latest first. */
  readonly flights: readonly Whole<FlightRecord>[];
  /** The last lines that containers wrote, by their names; of those for which it matters. */
  readonly logs: ReadonlyMap<string, readonly string[]>;
  /** The node that it is on; undefined when it is on none, or that one is gone. */
  readonly node: Whole<Node> | undefined;
  /** What the scheduler knows of it; a text says why nothing is known. */
  readonly placement: Placement | string;
  /** Names of images that nodes have. */
  readonly images: readonly string[];
  /** Revisions of the Deployment that it belongs to. */
  readonly revisions: readonly Whole<ReplicaSet>[];
}

/** Where a pod could go, and where it went. */
export interface Placement {
  /** What every node says that was looked at. */
  readonly nodes: readonly NodeVerdict[];
  /** Changes of which each would let it be placed, the smallest first. */
  readonly suggestions: readonly Suggestion[];
  /** Among how many nodes its own was chosen; "" of a pod that was not placed. */
  readonly choice: string;
  /** What is said of the nodes that would do; "" when none would. */
  readonly fits: string;
  /** Pods that are leaving a node to make room for it. */
  readonly makingRoom: readonly ObjectRef[];
}

/** What the namespace lets its objects have. */
export interface Allowances {
  readonly quotas: readonly Whole<ResourceQuota>[];
  readonly ranges: readonly Whole<LimitRange>[];
}

/** What is known of an object that is no pod. */
export interface ObjectFacts {
  readonly subject: KindObject;
  /** About the object and those between it and its pods, oldest first. */
  readonly events: readonly Whole<Event>[];
  /** What it controls, that is no pod: a Deployment's ReplicaSets, a CronJob's Jobs. */
  readonly controlled: readonly KindObject[];
  /** All its pods: those that it controls, that it selects, or that are in it or on it. */
  readonly pods: readonly Whole<Pod>[];
  /** Of some pods all that is known: one of each sort. */
  readonly examined: readonly PodFacts[];
  readonly allowances: Allowances;
  /** All nodes, for kinds to which they matter. */
  readonly nodes: readonly Whole<Node>[];
  /** What controls the object, outwards; or what is left in a namespace that is to go. */
  readonly related: readonly KindObject[];
}
