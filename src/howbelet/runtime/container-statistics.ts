/** What a running container has used, and uses, at one moment. */
export interface ContainerUsage {
  /** Wall clock. */
  readonly measuredAtMs: number;
  /** Processor time since it started. */
  readonly cpuMicroseconds: number;
  /** Memory that could not be had back under pressure: all but files that nobody has used for a while. */
  readonly workingSetBytes: number;
  /** Processes and threads. */
  readonly pids: number;
}

/** What a container takes on disk besides its image and its volumes. */
export interface ContainerStorage {
  /** What it has written to its own file system. */
  readonly writableBytes: number;
  /** Its log; 0 where that cannot be seen. */
  readonly logBytes: number;
}

/** How full a file system is. */
export interface FileSystemUsage {
  readonly capacityBytes: number;
  /** As far as programs without privileges may fill it. */
  readonly availableBytes: number;
  /** 0 on file systems that do not count them. */
  readonly inodes: number;
  readonly inodesFree: number;
}

/** How the machine is that containers run on. */
export interface MachineUsage {
  /** Processor time of everything on it, since it started. */
  readonly cpuMicroseconds: number;
  readonly memoryCapacityBytes: number;
  readonly memoryAvailableBytes: number;
  /** Processes and threads that there may be, and that there are. */
  readonly pidsMax: number;
  readonly pids: number;
  /** On which images and containers are. */
  readonly imageFileSystem: FileSystemUsage | undefined;
  /** On which the agent's own files are. */
  readonly nodeFileSystem: FileSystemUsage | undefined;
}

/** What containers and their machine use. Nothing is measured but when it is asked for. Errors as for `Runtime`. */
export interface ContainerStatistics {
  /** Undefined when it does not run. */
  usageOf(id: string, signal: AbortSignal): Promise<ContainerUsage | undefined>;
  /** Costs reading through all that it has written; undefined when it is not there. */
  storageOf(id: string, signal: AbortSignal): Promise<ContainerStorage | undefined>;
  /** Undefined when the machine is not in sight, as when the engine is on another one. */
  machine(signal: AbortSignal): Promise<MachineUsage | undefined>;
}
