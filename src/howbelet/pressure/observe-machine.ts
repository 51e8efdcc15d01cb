import type { FileSystemUsage, MachineUsage } from "../runtime/container-statistics.js";
import { type EvictionSignal, type EvictionThreshold, thresholdAmount } from "./eviction-thresholds.js";

/** How much there is of something, and how much of it is left. */
export interface Observation {
  readonly available: number;
  readonly capacity: number;
}

/** What can be seen of a machine; what cannot is left out, and is no reason to act. */
export type Observations = ReadonlyMap<EvictionSignal, Observation>;

/** A threshold that is crossed. */
export interface MetThreshold {
  readonly threshold: EvictionThreshold;
  readonly observation: Observation;
}

export function observeMachine(machine: MachineUsage): Observations {
  const observed: [EvictionSignal, Observation][] = [
    ["memory.available", { available: machine.memoryAvailableBytes, capacity: machine.memoryCapacityBytes }],
    ...fileSystem("nodefs", machine.nodeFileSystem),
    ...fileSystem("imagefs", machine.imageFileSystem),
    ["pid.available", { available: Math.max(0, machine.pidsMax - machine.pids), capacity: machine.pidsMax }],
  ];
  return new Map(observed.filter(([, { capacity }]) => capacity > 0));
}

function fileSystem(name: "nodefs" | "imagefs", usage: FileSystemUsage | undefined): [EvictionSignal, Observation][] {
  if (usage === undefined) return [];
  return [
    [`${name}.available`, { available: usage.availableBytes, capacity: usage.capacityBytes }],
    [`${name}.inodesFree`, { available: usage.inodesFree, capacity: usage.inodes }],
  ];
}

/** Those that are crossed, memory first: it is what kills programs when it runs out. */
export function metThresholds(thresholds: readonly EvictionThreshold[], observations: Observations): readonly MetThreshold[] {
  const met = thresholds.flatMap((threshold) => {
    const observation = observations.get(threshold.signal);
    const isMet = observation !== undefined && observation.available < thresholdAmount(threshold, observation.capacity);
    return isMet ? [{ threshold, observation }] : [];
  });
  const isMemory = ({ threshold }: MetThreshold): boolean => threshold.signal === "memory.available";
  return [...met.filter(isMemory), ...met.filter((each) => !isMemory(each))];
}
