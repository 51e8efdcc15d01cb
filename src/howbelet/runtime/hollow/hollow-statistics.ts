import type { Clock } from "../../../base/clock.js";
import type { ContainerStatistics, ContainerStorage, ContainerUsage, MachineUsage } from "../container-statistics.js";
import type { ContainerSnapshot } from "../interface.js";

/** What a hollow container pretends to use, all the time that it runs. */
export interface HollowUsage {
  /** Thousandths of a processor. */
  readonly cpuMilli?: number;
  readonly memoryBytes?: number;
  readonly pids?: number;
  /** On its own file system. */
  readonly writableBytes?: number;
}

export interface HollowStatisticsDeps {
  /** Undefined when there is no such container. @throws RuntimeError Unavailable */
  readonly find: (id: string) => { readonly snapshot: ContainerSnapshot; readonly behaviour: { readonly usage?: HollowUsage } } | undefined;
  /** How the machine pretends to be; undefined when it is not in sight. */
  readonly machine: () => MachineUsage | undefined;
  readonly clock: Clock;
}

/** What hollow containers pretend to use: nothing, unless their behaviour says otherwise. */
export class HollowStatistics implements ContainerStatistics {
  constructor(private readonly deps: HollowStatisticsDeps) {}

  async usageOf(id: string, _signal: AbortSignal): Promise<ContainerUsage | undefined> {
    const container = this.deps.find(id);
    if (container?.snapshot.phase !== "running") return undefined;
    const nowMs = this.deps.clock.now();
    const { cpuMilli = 0, memoryBytes = 0, pids = 1 } = container.behaviour.usage ?? {};
    const ranMs = Math.max(0, nowMs - (container.snapshot.startedAtMs ?? nowMs));
    // Thousandths of a processor, times milliseconds, are microseconds.
    return { measuredAtMs: nowMs, cpuMicroseconds: cpuMilli * ranMs, workingSetBytes: memoryBytes, pids };
  }

  async storageOf(id: string, _signal: AbortSignal): Promise<ContainerStorage | undefined> {
    const container = this.deps.find(id);
    return container === undefined ? undefined : { writableBytes: container.behaviour.usage?.writableBytes ?? 0, logBytes: 0 };
  }

  async machine(_signal: AbortSignal): Promise<MachineUsage | undefined> {
    return this.deps.machine();
  }
}
