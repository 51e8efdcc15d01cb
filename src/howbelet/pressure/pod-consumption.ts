import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";

/** What a container uses of what a machine may run short of. */
export interface ContainerConsumption {
  readonly memoryBytes: number;
  readonly pids: number;
  /** What it has written to its own file system, and its log. */
  readonly storageBytes: number;
}

/** What a pod uses. */
export interface PodConsumption {
  readonly pod: Whole<Pod>;
  /** Of those that run, by name. */
  readonly containers: ReadonlyMap<string, ContainerConsumption>;
  /** Of its emptyDir volumes on disk, by the volume's name. */
  readonly emptyDirBytes: ReadonlyMap<string, number>;
}

export const memoryOf = ({ containers }: PodConsumption): number => sum([...containers.values()].map(({ memoryBytes }) => memoryBytes));

export const pidsOf = ({ containers }: PodConsumption): number => sum([...containers.values()].map(({ pids }) => pids));

export const storageOf = ({ containers, emptyDirBytes }: PodConsumption): number =>
  sum([...containers.values()].map(({ storageBytes }) => storageBytes)) + sum([...emptyDirBytes.values()]);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
