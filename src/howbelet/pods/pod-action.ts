import type { Whole } from "../../api/object.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { ContainerSnapshot } from "../runtime/interface.js";
import type { EnvironmentProblem } from "./environment.js";
import type { ObservedPod } from "./observed-pod.js";
import type { PodMemory } from "./pod-memory.js";
import type { PodRecords } from "./pod-records.js";

/**
 * What is to become of a pod: "run" it; "settle" one that has Succeeded or Failed, keeping its dead containers for
 * their logs; "delete" it, telling the api-server when nothing is left; "discard" what is left of one that the
 * api-server does not have any more.
 */
export type PodIntent = "run" | "settle" | "delete" | "discard";

/** One step towards the intent. Steps of one plan are independent and may be carried out at once. */
export type PodAction =
  | { readonly type: "runSandbox"; readonly attempt: number }
  | { readonly type: "startSandbox"; readonly id: string }
  /** Makes sure that the image is there, pulling it if its policy says so. Takes its time; not waited for. */
  | { readonly type: "ensureImage"; readonly container: string }
  /** The image is still missing some time after its pull failed. */
  | { readonly type: "noteImageBackOff"; readonly container: string }
  /** The container's environment cannot be made: something that it names is not there. */
  | { readonly type: "noteConfigError"; readonly container: string; readonly message: string }
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
  | { readonly type: "noteCrashLoop"; readonly container: string; readonly id: string; readonly delayMs: number }
  | {
      readonly type: "terminate";
      readonly container: string;
      readonly id: string;
      readonly deadlineMs: number;
    }
  | { readonly type: "kill"; readonly container: string; readonly id: string; readonly isFirst: boolean }
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
  /** By container name, where its environment cannot be made now. */
  readonly environmentProblems: ReadonlyMap<string, EnvironmentProblem>;
  /** Monotonic. */
  readonly nowMs: number;
}
