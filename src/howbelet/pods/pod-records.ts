import type { Termination } from "../containers/termination.js";

/** What was last known of a running container's health. */
export interface ContainerHealthRecord {
  readonly containerId: string;
  readonly isStarted: boolean;
  readonly isReady: boolean;
}

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
  /** What the newest was made of, as its status calls it; "" where that is not known. */
  readonly imageId: string;
  /** The runtime's id of the one whose postStart hook has been done; "" for none. */
  readonly postStarted: string;
  readonly health: ContainerHealthRecord | undefined;
}

/** Records by container name, `sandboxName` for the sandbox: what is checkpointed. */
export type PodRecords = Readonly<Record<string, Partial<ContainerRecord>>>;

const fresh: ContainerRecord = {
  restartCount: 0,
  failures: 0,
  started: false,
  lastTermination: undefined,
  imageId: "",
  postStarted: "",
  health: undefined,
};

/** A container's record; one that has none has never been started. */
export function recordOf(records: PodRecords, container: string): ContainerRecord {
  return { ...fresh, ...records[container] };
}
