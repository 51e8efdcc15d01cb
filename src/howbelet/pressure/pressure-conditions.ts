import type { EvictionSignal } from "./eviction-thresholds.js";
import type { MetThreshold } from "./observe-machine.js";

/** Conditions of a Node that say what it is short of. */
export const pressureConditionTypes = ["MemoryPressure", "DiskPressure", "PIDPressure"] as const;
export type PressureConditionType = (typeof pressureConditionTypes)[number];

/** When a threshold of each condition was last crossed, by a monotonic clock; absent: never. */
export type PressureHistory = ReadonlyMap<PressureConditionType, number>;

const conditionOf: Readonly<Record<EvictionSignal, PressureConditionType>> = {
  "memory.available": "MemoryPressure",
  "nodefs.available": "DiskPressure",
  "nodefs.inodesFree": "DiskPressure",
  "imagefs.available": "DiskPressure",
  "imagefs.inodesFree": "DiskPressure",
  "pid.available": "PIDPressure",
};

/** What is remembered once these thresholds were seen to be crossed. */
export function notePressure(history: PressureHistory, met: readonly MetThreshold[], nowMs: number): PressureHistory {
  return new Map([...history, ...met.map(({ threshold }) => [conditionOf[threshold.signal], nowMs] as const)]);
}

/**
 * What a node is short of: from the moment that a threshold is crossed until none has been for `transitionMs`, so that a
 * node on the edge does not take in pods that it would have to evict again.
 */
export function pressuresAt(history: PressureHistory, nowMs: number, transitionMs: number): ReadonlySet<PressureConditionType> {
  return new Set(
    pressureConditionTypes.filter((type) => {
      const lastMs = history.get(type);
      return lastMs !== undefined && (nowMs === lastMs || nowMs - lastMs < transitionMs);
    }),
  );
}

interface ConditionTexts {
  readonly reason: string;
  readonly message: string;
}

/** Kubernetes' reasons and messages, by whether there is pressure. */
export const pressureTexts: Readonly<Record<PressureConditionType, Readonly<Record<"True" | "False", ConditionTexts>>>> = {
  MemoryPressure: {
    True: { reason: "KubeletHasInsufficientMemory", message: "kubelet has insufficient memory available" },
    False: { reason: "KubeletHasSufficientMemory", message: "kubelet has sufficient memory available" },
  },
  DiskPressure: {
    True: { reason: "KubeletHasDiskPressure", message: "kubelet has disk pressure" },
    False: { reason: "KubeletHasNoDiskPressure", message: "kubelet has no disk pressure" },
  },
  PIDPressure: {
    True: { reason: "KubeletHasInsufficientPID", message: "kubelet has insufficient PID available" },
    False: { reason: "KubeletHasSufficientPID", message: "kubelet has sufficient PID available" },
  },
};
