/** Whether a container's image is there. Times are of the monotonic clock. */
export type ImageState =
  | { readonly state: "ensuring" }
  | { readonly state: "present" }
  | {
      readonly state: "failed";
      readonly reason: "ErrImagePull" | "ImagePullBackOff" | "InvalidImageName" | "ErrImageNeverPull";
      readonly message: string;
      readonly failures: number;
      readonly failedAtMs: number;
      readonly retryAtMs: number;
    };

/** A container that was told to end. */
export interface StopSignal {
  /** When it is killed. */
  readonly deadlineMs: number;
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
  /** By container id. */
  readonly signals: ReadonlyMap<string, StopSignal>;
  /** By container name, `sandboxName` for the sandbox. */
  readonly setbacks: ReadonlyMap<string, Setback>;
  /** By container name: why its environment cannot be made, as last told. */
  readonly configErrors: ReadonlyMap<string, string>;
  /** By container name. */
  readonly crashLoops: ReadonlyMap<string, CrashLoop>;
  /** When each dead container died, by id. */
  readonly endedAtMs: ReadonlyMap<string, number>;
  /** When a deletion's grace is over; undefined while the pod is not being deleted. */
  readonly stopByMs: number | undefined;
}
