import type { Termination } from "./termination.js";

/** What must be remembered of a container, and its labels do not tell. */
export interface ContainerRecord {
  /** Restarts so far; also the attempt of the newest container. */
  readonly restartCount: number;
  /** Restarts since it last ran well, which decide how long the next one waits. */
  readonly failures: number;
  /** The container of this restart count has been made: if it is not there, it has been removed by someone. */
  readonly started: boolean;
  /** How the one before the newest ended. */
  readonly lastTermination: Termination | undefined;
}

/** Records by container name, `sandboxName` for the sandbox: what is checkpointed. */
export type PodRecords = Readonly<Record<string, ContainerRecord>>;

const fresh: ContainerRecord = { restartCount: 0, failures: 0, started: false, lastTermination: undefined };

/** A container's record; one that has none has never been started. */
export function recordOf(records: PodRecords, container: string): ContainerRecord {
  return records[container] ?? fresh;
}
