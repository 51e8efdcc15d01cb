import { messageToJson } from "../../api/codec/json.js";
import { isNotFound } from "../../api/errors.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { keyOf, type ObjectKey, type Whole } from "../../api/object.js";
import { formatRfc3339, timeFromMs } from "../../api/values/time.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { EventRecorder, Lister, Reconciler, ResourceClient, Result } from "../../client/contracts.js";
import type { Lease } from "../../gen/howbernetes/coordination/v1/lease.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { forEachBounded } from "../bounded.js";
import { byNode } from "../shared-informers.js";
import type { EvictionTurns } from "./eviction-turns.js";
import type { Liveness } from "./liveness.js";
import { planPodsNotReady, planUnknown } from "./plan.js";
import { readiness } from "./readiness.js";
import { isEvicting, planTaints } from "./taints.js";
import { evictionPaceOf, zoneOf, zonesOf } from "./zones.js";

/** Where every node has a Lease of its name. */
export const nodeLeaseNamespace = "kube-node-lease";

export interface NodeLifecycleDeps {
  readonly nodes: Lister<Node>;
  readonly pods: Lister<Pod>;
  readonly nodeClient: ResourceClient<Node>;
  readonly podClient: ResourceClient<Pod>;
  readonly leaseClient: ResourceClient<Lease>;
  readonly liveness: Liveness;
  /** Has every node looked at that is not ready: another one turned out to live, which nothing else may tell. */
  readonly lookAtFailed: () => void;
  readonly turns: EvictionTurns;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Log;
}

const patchesAtOnce = 20;

/** Judges each node by its Lease; makes its conditions, its taints and its pods' readiness say so. */
export class NodeLifecycleReconciler implements Reconciler {
  constructor(private readonly deps: NodeLifecycleDeps) {}

  async reconcile({ name }: ObjectKey, signal: AbortSignal): Promise<Result> {
    const cached = this.deps.nodes.get({ namespace: "", name });
    if (cached === undefined) return {};
    const askAgainMs = await this.askAgainMs(name, signal);
    const node = askAgainMs === undefined ? await this.declareDead(cached, signal) : cached;
    if (node === undefined) return {};
    const { mayEvict, turnInMs } = this.mayEvict(node);
    await this.setTaints(node, mayEvict, signal);
    if (readiness(node) === "Unknown") await this.markPodsNotReady(name, signal);
    const waitsMs = [askAgainMs, turnInMs].filter((waitMs) => waitMs !== undefined);
    return waitsMs.length === 0 ? {} : { requeueAfterMs: Math.min(...waitsMs) };
  }

  /**
   * Whether a node may have its pods evicted for not being ready, or may ask again. A node of ours that lives but that
   * nobody calls ready, and one that is silent though it still says that it is ready, both count as failed.
   */
  private mayEvict(node: Whole<Node>): { readonly mayEvict: boolean; readonly turnInMs?: number } {
    const { nodes, liveness, turns } = this.deps;
    const { name } = node.metadata;
    const isWell = (each: Whole<Node>): boolean => readiness(each) === "True" && liveness.verdict(each.metadata.name).alive;
    // One that has yet to report has nothing to evict.
    if (readiness(node) === "True" || readiness(node) === undefined) {
      turns.takeBack(name);
      return { mayEvict: false };
    }
    const all = nodes.list().map((each) => (each.metadata.name === name ? node : each));
    const pace = evictionPaceOf(zoneOf(node), zonesOf(all, isWell));
    if (pace === "called off") {
      turns.takeBack(name);
      return { mayEvict: false };
    }
    if (isEvicting(node)) return { mayEvict: true };
    if (pace === "halted") return { mayEvict: false };
    const turn = turns.ask(name, zoneOf(node), pace.intervalMs);
    return turn.granted ? { mayEvict: true } : { mayEvict: false, turnInMs: turn.askAgainMs };
  }

  /** How long the node surely lives on, or undefined when it does not. */
  private async askAgainMs(name: string, signal: AbortSignal): Promise<number | undefined> {
    const { liveness, leaseClient } = this.deps;
    const verdict = liveness.verdict(name);
    if (verdict.alive) return verdict.askAgainMs;
    // Our watch may trail: before a node is declared dead, the server says once more when its Lease was renewed.
    try {
      liveness.observe(await leaseClient.get({ namespace: nodeLeaseNamespace, name }, { signal }));
    } catch (error: unknown) {
      if (!isNotFound(error)) throw error;
    }
    const settled = liveness.verdict(name);
    if (!settled.alive) return undefined;
    this.deps.lookAtFailed();
    return settled.askAgainMs;
  }

  private async declareDead(node: Whole<Node>, signal: AbortSignal): Promise<Whole<Node> | undefined> {
    const conditions = planUnknown(node, this.deps.clock.now());
    if (conditions.length === 0) return node;
    this.deps.log.warn("node does not answer", { node: node.metadata.name });
    const { resourceVersion } = node.metadata;
    const patch = {
      metadata: { resourceVersion },
      status: { conditions: conditions.map((condition) => messageToJson("howbernetes.core.v1.NodeCondition", condition)) },
    };
    return await orGone(this.deps.nodeClient.patch(keyOf(node), "strategic", patch, { subresource: "status", signal }));
  }

  private async setTaints(node: Whole<Node>, mayEvict: boolean, signal: AbortSignal): Promise<void> {
    const taints = planTaints(node, mayEvict, this.deps.clock.now());
    if (taints === undefined) return;
    const { resourceVersion } = node.metadata;
    const patch = {
      metadata: { resourceVersion },
      spec: { taints: taints.map((taint) => messageToJson("howbernetes.core.v1.Taint", taint)) },
    };
    await orGone(this.deps.nodeClient.patch(keyOf(node), "merge", patch, { signal }));
  }

  private async markPodsNotReady(nodeName: string, signal: AbortSignal): Promise<void> {
    const pods = planPodsNotReady(this.deps.pods.byIndex(byNode, nodeName));
    const failures = await forEachBounded(pods, patchesAtOnce, async (pod) => {
      const lastTransitionTime = formatRfc3339(timeFromMs(this.deps.clock.now()));
      const { resourceVersion } = pod.metadata;
      const patch = { metadata: { resourceVersion }, status: { conditions: [{ type: "Ready", status: "False", lastTransitionTime }] } };
      await orGone(this.deps.podClient.patch(keyOf(pod), "strategic", patch, { subresource: "status", signal }));
      this.deps.events.event({ kind: podKind, object: pod }, "Warning", "NodeNotReady", "Node is not ready");
    });
    if (failures.length > 0) throw failures[0];
  }
}

async function orGone<T>(write: Promise<T>): Promise<T | undefined> {
  try {
    return await write;
  } catch (error: unknown) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
