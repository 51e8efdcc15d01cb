import type { Whole } from "../api/object.js";
import { isAbort } from "../base/abort.js";
import type { Clock } from "../base/clock.js";
import type { Log } from "../base/log.js";
import type { ApiClient } from "../client/contracts.js";
import type { Pod } from "../gen/howbernetes/core/v1/pod.js";
import { caresForNode, planAdmission } from "./admission/plan-admission.js";
import { planPreemption, preempted } from "./admission/plan-preemption.js";
import type { ContainerView } from "./container-view.js";
import type { NodeReporter } from "./node-reporter.js";
import { OwnNode } from "./own-node.js";
import type { PodFailure } from "./pods/pod-life.js";
import type { PodReporter } from "./pods/pod-reporter.js";
import type { PressureConditionType } from "./pressure/pressure-conditions.js";
import { pressureEvents } from "./pressure/pressure-events.js";
import { PressureMonitor } from "./pressure/pressure-monitor.js";
import type { NodeSettings } from "./resources/node-settings.js";
import {
  type DeadContainerPolicy,
  defaultDeadContainerPolicy,
  noDeadContainers,
  planDeadContainers,
} from "./resources/plan-dead-containers.js";
import { isRuntimeUnavailable } from "./runtime/errors.js";
import type { Runtime } from "./runtime/interface.js";
import type { FolderUsage } from "./volumes/pod-volumes.js";

/** As in Kubernetes. */
const tidyPeriodMs = 60_000;

/** The node's pods, as far as its keeper deals with them. */
export interface KeptPods {
  /** Those that the node has taken, and that have not ended. */
  placed(): readonly Whole<Pod>[];
  hasEnded(podUid: string): boolean;
  fail(podUid: string, failure: PodFailure): void;
  /** How full its emptyDir volumes are. */
  volumesOf(pod: Whole<Pod>, signal: AbortSignal): Promise<readonly FolderUsage[]>;
}

export interface NodeKeeperDeps {
  readonly runtime: Pick<Runtime, "statistics" | "remove">;
  readonly view: Pick<ContainerView, "ofPod" | "pods" | "removed">;
  readonly settings: NodeSettings;
  readonly node: Pick<NodeReporter, "allocatable" | "pressuresChanged" | "event">;
  readonly pods: KeptPods;
  /** Removes images that nobody needs; returns the bytes that were freed. */
  readonly removeUnusedImages: (signal: AbortSignal) => Promise<number>;
  readonly client: Pick<ApiClient, "of">;
  readonly connected: (signal: AbortSignal) => Promise<void>;
  readonly nodeName: string;
  readonly reporter: Pick<PodReporter, "event">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Keeps a node from being taken more of than it has: what it takes in, what it throws out, and what it tidies away. */
export class NodeKeeper {
  private readonly ownNode: OwnNode;
  private readonly monitor: PressureMonitor;

  constructor(private readonly deps: NodeKeeperDeps) {
    const { runtime, view, settings, node, pods, clock, log } = deps;
    this.ownNode = new OwnNode(deps);
    this.monitor = new PressureMonitor({
      statistics: runtime.statistics,
      settings,
      pods: () => pods.placed(),
      containersOf: (podUid) => view.ofPod(podUid),
      emptyDirBytes: async (pod, signal) => onDisk(await pods.volumesOf(pod, signal)),
      changed: (pressures, before) => this.pressuresChanged(pressures, before),
      reclaiming: (resource) =>
        node.event({ type: "Warning", reason: "EvictionThresholdMet", message: `Attempting to reclaim ${resource}` }),
      reclaimDisk: (signal) => this.reclaimDisk(signal),
      evict: (pod, failure) => this.evict(pod, failure),
      clock,
      log,
    });
  }

  /**
   * Why the node does not take a pod that has come to it; undefined when it does. Others have to go for one that the
   * cluster cannot do without.
   *
   * Unlike Kubernetes: that pod starts while they end.
   */
  admit(pod: Whole<Pod>): PodFailure | undefined {
    const { node, pods } = this.deps;
    const { allocatable } = node;
    // Before the runtime has answered nothing is started, and nothing is asked.
    if (allocatable === undefined) return undefined;
    const others = pods.placed().filter(({ metadata }) => metadata.uid !== pod.metadata.uid);
    const own = caresForNode(pod) ? this.ownNode.get() : undefined;
    const input = { pod, others, allocatable, node: own, pressures: this.monitor.pressures };
    const preemption = planPreemption(input);
    if (preemption === undefined) return planAdmission(input);
    for (const victim of preemption.victims ?? []) this.evict(victim, preempted);
    return preemption.refusal;
  }

  /** Works until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.ownNode.run(signal), this.monitor.run(signal), this.tidyForever(signal)]);
  }

  private pressuresChanged(pressures: ReadonlySet<PressureConditionType>, before: ReadonlySet<PressureConditionType>): void {
    const { node, nodeName } = this.deps;
    node.pressuresChanged(pressures);
    for (const event of pressureEvents(nodeName, before, pressures)) node.event(event);
  }

  private evict(pod: Whole<Pod>, failure: PodFailure): void {
    const { reporter, pods } = this.deps;
    reporter.event(pod, { type: "Warning", reason: failure.reason, message: failure.message });
    pods.fail(pod.metadata.uid, failure);
  }

  private async reclaimDisk(signal: AbortSignal): Promise<number> {
    const removed = await this.tidy(noDeadContainers, signal);
    const freedBytes = await this.deps.removeUnusedImages(signal);
    // What containers held is not known in bytes; that something went is what matters.
    return freedBytes + removed;
  }

  private async tidyForever(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.deps;
    while (!signal.aborted) {
      await clock.sleep(tidyPeriodMs, signal);
      await this.tidy(defaultDeadContainerPolicy, signal).catch((error: unknown) => {
        if (!isAbort(error)) log.warn("dead containers could not be removed", { error });
      });
    }
  }

  /** Removes dead containers; returns how many. */
  private async tidy(policy: DeadContainerPolicy, signal: AbortSignal): Promise<number> {
    const { runtime, view, pods, clock, log } = this.deps;
    const containers = view.pods().flatMap(({ uid }) => view.ofPod(uid));
    const doomed = planDeadContainers(containers, (podUid) => pods.hasEnded(podUid), policy, clock.now());
    let removed = 0;
    for (const id of doomed) {
      try {
        await runtime.remove(id, signal);
        view.removed(id);
        removed += 1;
      } catch (error: unknown) {
        if (isAbort(error) || isRuntimeUnavailable(error)) throw error;
        // The others need not wait for what the engine cannot let go of.
        log.warn("a dead container could not be removed", { container: id, error });
      }
    }
    return removed;
  }
}

/** What is in memory counts as such. */
function onDisk(volumes: readonly FolderUsage[]): ReadonlyMap<string, number> {
  return new Map(volumes.flatMap(({ volume, medium, usedBytes = 0 }) => (medium === "disk" ? [[volume, usedBytes] as const] : [])));
}
