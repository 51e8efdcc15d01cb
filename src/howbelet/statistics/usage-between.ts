import type { NodeStatistics, NodeStatistics_Usage } from "../../gen/howbernetes/api/v1/metrics.js";
import type { ContainerUsage, MachineUsage } from "../runtime/container-statistics.js";

/** What was measured of a container at one moment. */
export interface MeasuredContainer {
  readonly podUid: string;
  readonly container: string;
  /** By the clock of the measurement. */
  readonly startedAtMs: number;
  readonly usage: ContainerUsage;
}

/** What was measured at one moment. */
export interface UsageSample {
  /** Monotonic. */
  readonly takenAtMs: number;
  /** Wall clock. */
  readonly measuredAtMs: number;
  /** Those that ran, by id. */
  readonly containers: ReadonlyMap<string, MeasuredContainer>;
  /** Undefined when the machine is not in sight. */
  readonly machine: MachineUsage | undefined;
}

/** Over less than this a rate says nothing. */
export const minWindowMs = 1_000;

/**
 * What is used on average from one sample to another. A container that has started in between counts from its start;
 * one that has only just started is left out.
 */
export function usageBetween(before: UsageSample, now: UsageSample): NodeStatistics {
  const windowMs = now.takenAtMs - before.takenAtMs;
  const containers = [...now.containers].flatMap(([id, measured]) => {
    const usage = containerUsage(before.containers.get(id), measured);
    return usage === undefined ? [] : [{ podUid: measured.podUid, container: measured.container, usage }];
  });
  return {
    measuredAtMs: now.measuredAtMs,
    windowMs: Math.round(windowMs),
    machine: machineUsage(before.machine, now.machine, windowMs),
    containers,
  };
}

function containerUsage(before: MeasuredContainer | undefined, now: MeasuredContainer): NodeStatistics_Usage | undefined {
  const isSameRun = before !== undefined && before.usage.cpuMicroseconds <= now.usage.cpuMicroseconds;
  const since = isSameRun ? before.usage : { measuredAtMs: now.startedAtMs, cpuMicroseconds: 0 };
  const windowMs = now.usage.measuredAtMs - since.measuredAtMs;
  if (windowMs < minWindowMs) return undefined;
  const cpuNanocores = nanocores(now.usage.cpuMicroseconds - since.cpuMicroseconds, windowMs);
  return { cpuNanocores, workingSetBytes: now.usage.workingSetBytes };
}

function machineUsage(before: MachineUsage | undefined, now: MachineUsage | undefined, windowMs: number): NodeStatistics_Usage | undefined {
  if (before === undefined || now === undefined || windowMs < minWindowMs) return undefined;
  return {
    cpuNanocores: nanocores(Math.max(0, now.cpuMicroseconds - before.cpuMicroseconds), windowMs),
    workingSetBytes: now.memoryCapacityBytes - now.memoryAvailableBytes,
  };
}

/** Microseconds per millisecond are thousandths of a processor. */
const nanocores = (microseconds: number, windowMs: number): number => Math.round((microseconds / windowMs) * 1_000_000);
