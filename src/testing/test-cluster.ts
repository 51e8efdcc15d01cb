import type { Kind } from "../api/kinds/kind.js";
import type { ApiObject, ObjectKey, Whole } from "../api/object.js";
import type { TlsMaterial } from "../base/tls/certificate.js";
import type { RemoteApiClient } from "../client/client.js";
import type { NodeSettings } from "../howbelet/resources/node-settings.js";
import type { HollowRuntime } from "../howbelet/runtime/hollow/hollow-runtime.js";
import type { Runtime } from "../howbelet/runtime/interface.js";
import type { MovableClock } from "./movable-clock.js";

/** A node of a test's cluster: a real howbelet, whose containers are hollow. */
export interface TestNode {
  readonly name: string;
  /** Its containers: `crash` ends one from outside, `setAway` stops the engine. */
  readonly runtime: HollowRuntime;
  /** Ends its howbelet, as a machine that is switched off; its Node stays. */
  stop(): Promise<void>;
}

/** A node with another runtime than a hollow one. */
export interface JoiningNode {
  readonly name: string;
  /** Closed when the node stops. */
  readonly runtime: Runtime;
  /** Where its howbelet keeps its files: one after another may use it. */
  readonly dataDir: string;
  /** What it keeps of its machine, and when it evicts; as howbelet's own by default. */
  readonly settings?: NodeSettings;
}

/** By which a howbelet in another process finds its way into the cluster. */
export interface NodeInvitation {
  /** `host:port` of the api-server. */
  readonly server: string;
  /** The node's certificate, and the cluster's CA. */
  readonly tls: TlsMaterial;
}

/** A cluster for tests: everything that a real one has, but containers. */
export interface TestCluster {
  /** As its administrator. */
  readonly client: RemoteApiClient;
  /** The clock of all components. `advance` moves deadlines, backoffs and schedules on, as if all had been suspended. */
  readonly clock: MovableClock;
  /** Those that run. */
  readonly nodes: readonly TestNode[];
  /** Adds a node; resolves when it is Ready. */
  addNode(name?: string): Promise<TestNode>;
  /** Adds a node whose containers are run by a runtime of the caller's; resolves when it is Ready. */
  join(node: JoiningNode): Promise<Omit<TestNode, "runtime">>;
  /** What a node of that name needs that runs in another process. */
  invite(nodeName: string): Promise<NodeInvitation>;
  /** What all components count and time, in Prometheus' text format. */
  metrics(): Promise<string>;
  /** Another connection, whose writes are told apart by their field manager. Closed with the cluster. */
  connect(fieldManager: string): RemoteApiClient;
  /**
   * Waits, on a watch, until an object is as `predicate` wants it.
   * @returns the object as it then was. @throws Error with the object as last seen when that takes longer than `timeoutMs`
   */
  until<T extends ApiObject>(
    kind: Kind<T>,
    key: ObjectKey,
    predicate: (object: Whole<T>) => boolean,
    options?: WaitOptions,
  ): Promise<Whole<T>>;
  /** Waits, on a watch, until all objects of a kind in a namespace ("": all of them), taken together, are as wanted. */
  untilAll<T extends ApiObject>(
    kind: Kind<T>,
    namespace: string,
    predicate: (objects: readonly Whole<T>[]) => boolean,
    options?: WaitOptions,
  ): Promise<readonly Whole<T>[]>;
  /** Waits until there is no such object. */
  gone<T extends ApiObject>(kind: Kind<T>, key: ObjectKey, options?: WaitOptions): Promise<void>;
  /** Ends all of it and removes its data. */
  stop(): Promise<void>;
}

/** How long a wait may last, and how its failure is worded. */
export interface WaitOptions {
  /** What is waited for, for the failure's text. */
  readonly what?: string;
  /** A guard against hanging, 30,000 by default; by the machine's own time. */
  readonly timeoutMs?: number;
}
