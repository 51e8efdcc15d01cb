import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { Limiter } from "../limiter.js";
import type { ContainerStatistics } from "../runtime/container-statistics.js";
import type { ContainerSnapshot } from "../runtime/interface.js";
import type { ContainerConsumption, PodConsumption } from "./pod-consumption.js";

/** Measurements at once: counting what has been written takes the engine and the disk a while. */
const measurementsAtOnce = 4;

export interface ConsumptionSources {
  readonly statistics: ContainerStatistics;
  /** A pod's containers, as last seen. */
  readonly containersOf: (podUid: string) => readonly ContainerSnapshot[];
  /** What a pod's emptyDir volumes on disk hold, by the volume's name. */
  readonly emptyDirBytes: (pod: Whole<Pod>, signal: AbortSignal) => Promise<ReadonlyMap<string, number>>;
}

/** What is to be measured: "disk" costs reading through what has been written. */
export type Measure = "memory" | "disk";

/** What pods use now. Errors as for `Runtime`. */
export async function measurePods(
  pods: readonly Whole<Pod>[],
  measure: Measure,
  sources: ConsumptionSources,
  signal: AbortSignal,
): Promise<readonly PodConsumption[]> {
  const limiter = new Limiter(measurementsAtOnce);
  const measureOne = async (pod: Whole<Pod>): Promise<PodConsumption> => {
    const { uid } = pod.metadata;
    const members = sources.containersOf(uid).filter(({ identity }) => identity.kind !== "sandbox");
    const [containers, emptyDirBytes] = await Promise.all([
      Promise.all(members.map((member) => limiter.run(0, signal, () => consumptionOf(member, measure, sources.statistics, signal)))),
      measure === "disk" ? limiter.run(0, signal, () => sources.emptyDirBytes(pod, signal)) : new Map<string, number>(),
    ]);
    return { pod, containers: merged(containers), emptyDirBytes };
  };
  return Promise.all(pods.map(measureOne));
}

async function consumptionOf(
  { id, identity, phase }: ContainerSnapshot,
  measure: Measure,
  statistics: ContainerStatistics,
  signal: AbortSignal,
): Promise<readonly [string, ContainerConsumption]> {
  const usage = measure === "memory" && phase === "running" ? await statistics.usageOf(id, signal) : undefined;
  // Dead containers take up the disk until they are removed.
  const storage = measure === "disk" ? await statistics.storageOf(id, signal) : undefined;
  return [
    identity.container,
    {
      memoryBytes: usage?.workingSetBytes ?? 0,
      pids: usage?.pids ?? 0,
      storageBytes: (storage?.writableBytes ?? 0) + (storage?.logBytes ?? 0),
    },
  ];
}

/** Runs of one container together. */
function merged(all: readonly (readonly [string, ContainerConsumption])[]): ReadonlyMap<string, ContainerConsumption> {
  const byName = new Map<string, ContainerConsumption>();
  for (const [name, { memoryBytes, pids, storageBytes }] of all) {
    const before = byName.get(name) ?? { memoryBytes: 0, pids: 0, storageBytes: 0 };
    byName.set(name, {
      memoryBytes: before.memoryBytes + memoryBytes,
      pids: before.pids + pids,
      storageBytes: before.storageBytes + storageBytes,
    });
  }
  return byName;
}
