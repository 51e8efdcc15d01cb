/** Whether a container's image is there. Times are of the monotonic clock. */
export type ImageState =
  /** `progress` is how far it is, for the container's status. */
  | { readonly state: "ensuring"; readonly progress?: string }
  | { readonly state: "present" }
  | {
      readonly state: "failed";
      readonly reason: "ErrImagePull" | "ImagePullBackOff" | "InvalidImageName" | "ErrImageNeverPull" | "ImageInspectError";
      readonly message: string;
      readonly failures: number;
      readonly failedAtMs: number;
      readonly retryAtMs: number;
    };

/** A running container that is being ended. */
export interface Ending {
  /** Itself alone, to be restarted, or with its pod. */
  readonly of: "container" | "pod";
  /** When its grace is over, hook included. */
  readonly graceEndsAtMs: number;
  /** Its preStop hook runs: it is not yet told to end. */
  readonly isInHook: boolean;
  /** When it is killed; undefined until it has been told to end. */
  readonly killAtMs: number | undefined;
  readonly killedAtMs: number | undefined;
}

/** Something that could not be made, and when it is tried again. */
export interface Setback {
  /** For the container's waiting state, as "CreateContainerError". */
  readonly reason: string;
  readonly message: string;
  readonly failures: number;
  readonly retryAtMs: number;
}

/** A container that is left dead for a while, because it died too often. */
export interface CrashLoop {
  readonly containerId: string;
  readonly message: string;
}

/**
 * What a pod's worker knows besides what can be observed; lost with the process, and then found out again. All times
 * are of the monotonic clock.
 */
export interface PodMemory {
  /** By container name. */
  readonly images: ReadonlyMap<string, ImageState>;
  /** By container id; kept until the container is removed. */
  readonly endings: ReadonlyMap<string, Ending>;
  /** Containers whose postStart hook runs, by id. */
  readonly inPostStart: ReadonlySet<string>;
  /** Containers whose postStart hook has failed, by id. */
  readonly failedPostStart: ReadonlySet<string>;
  /** By container name, `sandboxName` for the sandbox. */
  readonly setbacks: ReadonlyMap<string, Setback>;
  /** By container name: why its environment cannot be made, as last told. */
  readonly configErrors: ReadonlyMap<string, string>;
  /** By container name: why its volumes cannot be made, as last told. */
  readonly volumeErrors: ReadonlyMap<string, string>;
  /** By container name. */
  readonly crashLoops: ReadonlyMap<string, CrashLoop>;
  /** When each dead container died, by id. */
  readonly endedAtMs: ReadonlyMap<string, number>;
  /** What each dead container left as its last words, by id. */
  readonly lastWords: ReadonlyMap<string, string>;
  /** When a deletion's grace, or that of a pod that is ended as a whole, is over; undefined before. */
  readonly stopByMs: number | undefined;
}
