import type { Whole } from "../../api/object.js";
import { isAbort } from "../../base/abort.js";
import type { Clock } from "../../base/clock.js";
import type { Log } from "../../base/log.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodFailure } from "../pods/pod-life.js";
import type { NodeSettings } from "../resources/node-settings.js";
import { isRuntimeUnavailable } from "../runtime/errors.js";
import { type ConsumptionSources, measurePods } from "./measure-pods.js";
import { type MetThreshold, metThresholds, observeMachine } from "./observe-machine.js";
import { type Eviction, planEviction, type StarvedResource, starvedResource } from "./plan-eviction.js";
import { limitsStorage, planStorageEviction } from "./plan-storage-eviction.js";
import { notePressure, type PressureConditionType, type PressureHistory, pressuresAt } from "./pressure-conditions.js";

/** As in Kubernetes: the kernel tells nobody of most of this when it changes. */
const periodMs = 10_000;

export interface PressureMonitorDeps extends ConsumptionSources {
  readonly settings: Pick<NodeSettings, "evictionHard" | "pressureTransitionMs">;
  /** The pods that take of the machine: those that have not come to their end. */
  readonly pods: () => readonly Whole<Pod>[];
  /** What the node is short of has changed. */
  readonly changed: (pressures: ReadonlySet<PressureConditionType>, before: ReadonlySet<PressureConditionType>) => void;
  /** Something is about to be done for that resource. */
  readonly reclaiming: (resource: StarvedResource) => void;
  /** Removes what nobody needs from the disk; returns the bytes that were freed. */
  readonly reclaimDisk: (signal: AbortSignal) => Promise<number>;
  /** Ends a pod. */
  readonly evict: (pod: Whole<Pod>, failure: PodFailure) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Looks every ten seconds at what the machine has left, says what it is short of, and gets it back: first what nobody
 * needs, then pod by pod. Invariant: no second pod is evicted for the machine's sake while the first has containers.
 */
export class PressureMonitor {
  private history: PressureHistory = new Map();
  private told: ReadonlySet<PressureConditionType> = new Set();
  /** The pod that goes. */
  private leaving = "";

  constructor(private readonly deps: PressureMonitorDeps) {}

  /** What the node is short of. */
  get pressures(): ReadonlySet<PressureConditionType> {
    return this.told;
  }

  /** Works until `signal` fires. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.deps;
    try {
      while (!signal.aborted) {
        await this.look(signal).catch((error: unknown) => {
          if (!isAbort(error) && !isRuntimeUnavailable(error)) log.warn("the machine's resources could not be seen", { error });
        });
        await clock.sleep(periodMs, signal);
      }
    } catch (error: unknown) {
      if (!signal.aborted || !isAbort(error)) throw error;
    }
  }

  private async look(signal: AbortSignal): Promise<void> {
    const met = await this.crossed(signal);
    await this.enforceLimits(signal);
    const [first] = met;
    if (first === undefined) return;
    this.deps.reclaiming(starvedResource(first.threshold.signal));
    const remaining = await this.afterReclaiming(first, signal);
    if (remaining !== undefined) await this.evictFor(remaining, signal);
  }

  /** Which thresholds are crossed; tells what that makes the node. */
  private async crossed(signal: AbortSignal): Promise<readonly MetThreshold[]> {
    const { statistics, settings, clock, changed } = this.deps;
    const machine = await statistics.machine(signal);
    if (machine === undefined) return [];
    const met = metThresholds(settings.evictionHard, observeMachine(machine));
    const nowMs = clock.monotonicMs();
    this.history = notePressure(this.history, met, nowMs);
    const pressures = pressuresAt(this.history, nowMs, settings.pressureTransitionMs);
    if (pressures.size !== this.told.size || [...pressures].some((type) => !this.told.has(type))) {
      const before = this.told;
      this.told = pressures;
      changed(pressures, before);
    }
    return met;
  }

  /** What is still crossed once the disk has been tidied. */
  private async afterReclaiming(met: MetThreshold, signal: AbortSignal): Promise<MetThreshold | undefined> {
    const resource = starvedResource(met.threshold.signal);
    if (resource !== "ephemeral-storage" && resource !== "inodes") return met;
    const { reclaimDisk, log } = this.deps;
    const freedBytes = await reclaimDisk(signal).catch((error: unknown) => {
      if (isAbort(error) || isRuntimeUnavailable(error)) throw error;
      // What cannot be removed keeps no pod from being evicted; what could be may have been enough.
      log.warn("disk space could not be reclaimed", { error });
      return undefined;
    });
    if (freedBytes === 0) return met;
    if (freedBytes !== undefined) log.info("disk space reclaimed", { bytes: freedBytes });
    const [still] = await this.crossed(signal);
    return still;
  }

  private async evictFor(met: MetThreshold, signal: AbortSignal): Promise<void> {
    const { pods, containersOf, log } = this.deps;
    if (containersOf(this.leaving).some(({ phase, identity }) => phase === "running" && identity.kind !== "sandbox")) return;
    const resource = starvedResource(met.threshold.signal);
    const measure = resource === "memory" || resource === "pids" ? "memory" : "disk";
    const consumptions = await measurePods(pods(), measure, this.deps, signal);
    const eviction = planEviction(met, consumptions);
    if (eviction === undefined) {
      log.warn("the node is short of a resource, and there is no pod to evict", { resource });
      return;
    }
    this.leaving = eviction.pod.metadata.uid;
    this.carryOut(eviction);
  }

  /** Ends pods that have taken more of the disk than they may: that is their own affair, however many they are. */
  private async enforceLimits(signal: AbortSignal): Promise<void> {
    const limited = this.deps.pods().filter(limitsStorage);
    if (limited.length === 0) return;
    const consumptions = await measurePods(limited, "disk", this.deps, signal);
    for (const consumption of consumptions) {
      const eviction = planStorageEviction(consumption);
      if (eviction !== undefined) this.carryOut(eviction);
    }
  }

  private carryOut({ pod, failure }: Eviction): void {
    const { namespace, name } = pod.metadata;
    this.deps.log.info("pod evicted", { pod: `${namespace}/${name}`, reason: failure.message });
    this.deps.evict(pod, failure);
  }
}
