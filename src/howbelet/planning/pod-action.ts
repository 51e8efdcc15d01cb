import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { EnvironmentProblem } from "../containers/environment.js";
import type { PodLife } from "../pods/pod-life.js";
import type { Ending, PodMemory } from "../pods/pod-memory.js";
import type { PodRecords } from "../pods/pod-records.js";
import type { ProbeVerdict } from "../probes/probe-verdict.js";
import type { ContainerSnapshot } from "../runtime/interface.js";
import type { ObservedPod } from "./observed-pod.js";

/**
 * What is to become of a pod: "run" it; "settle" one that has Succeeded or Failed, keeping its dead containers for
 * their logs; "delete" it, telling the api-server when nothing is left; "discard" what is left of one that the
 * api-server does not have any more.
 */
export type PodIntent = "run" | "settle" | "delete" | "discard";

/** The end of a container begins. */
interface Beginning {
  readonly container: string;
  readonly id: string;
  readonly of: Ending["of"];
  readonly graceEndsAtMs: number;
  /** For the Event. */
  readonly message: string;
}

/** Steps that take their time, and are not waited for: the worker looks again when they are over. */
export type SlowAction =
  /** Makes sure that the image is there, pulling it if its policy says so. */
  | { readonly type: "ensureImage"; readonly container: string }
  | { readonly type: "postStart"; readonly container: string; readonly id: string }
  /** It is to end, but is not told yet: its preStop hook comes first, or other containers do. */
  | ({ readonly type: "beginEnd"; readonly hasHook: boolean } & Beginning);

/** One step towards the intent. Steps of one plan are independent and may be carried out at once. */
export type PodAction =
  | SlowAction
  | { readonly type: "runSandbox"; readonly attempt: number }
  | { readonly type: "startSandbox"; readonly id: string }
  /** The image is still missing some time after its pull failed. */
  | { readonly type: "noteImageBackOff"; readonly container: string }
  /** The container's environment cannot be made: something that it names is not there. */
  | { readonly type: "noteConfigError"; readonly container: string; readonly message: string }
  /** Its volumes cannot be made. */
  | { readonly type: "noteVolumeError"; readonly container: string; readonly message: string }
  /** The init containers have done their work in this sandbox. */
  | { readonly type: "noteInitialized"; readonly sandboxId: string }
  /** Makes and starts a container. */
  | {
      readonly type: "runContainer";
      readonly container: string;
      readonly attempt: number;
      readonly failures: number;
      readonly sandboxId: string;
      readonly replaced: ContainerSnapshot | undefined;
    }
  /** Starts one that was made, and then left. */
  | { readonly type: "startContainer"; readonly container: string; readonly id: string }
  | { readonly type: "noteCrashLoop"; readonly container: string; readonly id: string; readonly delayMs: number; readonly restMs: number }
  /** Tells it to end; `beginning` unless its end has begun before. */
  | {
      readonly type: "terminate";
      readonly container: string;
      readonly id: string;
      readonly killAtMs: number;
      readonly beginning: Beginning | undefined;
    }
  | { readonly type: "kill"; readonly container: string; readonly id: string; readonly beginning: Beginning | undefined }
  | { readonly type: "removeContainer"; readonly id: string }
  /** Nothing is left. */
  | { readonly type: "finish" }
  /** Plan again after this long, if nothing happens before. */
  | { readonly type: "wake"; readonly afterMs: number };

export interface PlanInput {
  readonly pod: Whole<Pod>;
  readonly intent: PodIntent;
  readonly observed: ObservedPod;
  readonly records: PodRecords;
  readonly memory: PodMemory;
  readonly life: PodLife;
  /** By container name, where its environment cannot be made now. */
  readonly environmentProblems: ReadonlyMap<string, EnvironmentProblem>;
  /** By container name, where its volumes cannot be made now. */
  readonly volumeProblems: ReadonlyMap<string, EnvironmentProblem>;
  /** What probes say of running containers, by id. */
  readonly verdicts: ReadonlyMap<string, ProbeVerdict>;
  /** What the pod's containers have to end. */
  readonly graceSeconds: number;
  /** Monotonic. */
  readonly nowMs: number;
}
