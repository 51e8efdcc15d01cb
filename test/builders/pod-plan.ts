import { makeWhole } from "../../src/api/codec/whole.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import type { EnvironmentProblem } from "../../src/howbelet/containers/environment.js";
import { observePod } from "../../src/howbelet/planning/observed-pod.js";
import { planPod } from "../../src/howbelet/planning/plan.js";
import type { PodAction, PodIntent } from "../../src/howbelet/planning/pod-action.js";
import { newLife, type PodLife } from "../../src/howbelet/pods/pod-life.js";
import type { Ending } from "../../src/howbelet/pods/pod-memory.js";
import type { PodRecords } from "../../src/howbelet/pods/pod-records.js";
import type { ProbeVerdict } from "../../src/howbelet/probes/probe-verdict.js";
import type { ContainerSnapshot } from "../../src/howbelet/runtime/interface.js";
import { type MemoryOverrides, podMemory } from "./pod-on-node.js";

/** When plans are made, by the monotonic clock. */
export const nowMs = 1_000_000;

/** A pod to be planned, as far as a test says otherwise than that it is to run one container, "web". */
export interface PlanCase {
  readonly intent?: PodIntent;
  readonly policy?: "Always" | "OnFailure" | "Never";
  /** Names, or more of the spec than that. */
  readonly containers?: readonly (string | object)[];
  readonly initContainers?: readonly object[];
  readonly ephemeralContainers?: readonly string[];
  readonly observed: readonly ContainerSnapshot[];
  readonly records?: PodRecords;
  readonly memory?: MemoryOverrides;
  readonly life?: Partial<PodLife>;
  readonly environmentProblems?: ReadonlyMap<string, EnvironmentProblem>;
  readonly volumeProblems?: ReadonlyMap<string, EnvironmentProblem>;
  readonly verdicts?: ReadonlyMap<string, ProbeVerdict>;
  readonly graceSeconds?: number;
}

/** The plan for a pod, each step short enough to be read in a table. */
export function planned(given: PlanCase): readonly string[] {
  const { intent = "run", policy = "Always", containers = ["web"], observed, records = {}, life = {} } = given;
  const { initContainers = [], ephemeralContainers = [], graceSeconds = 30 } = given;
  const { environmentProblems = new Map(), volumeProblems = new Map(), verdicts = new Map() } = given;
  const pod = makeWhole(podKind, {
    metadata: { name: "p", namespace: "default", uid: "u" },
    spec: {
      restartPolicy: policy,
      terminationGracePeriodSeconds: 30,
      initContainers: initContainers.map((each) => ({ image: "busybox:1", ...each })),
      containers: containers.map((each) => ({ image: "busybox:1", ...(typeof each === "string" ? { name: each } : each) })),
      ephemeralContainers: ephemeralContainers.map((name) => ({ ephemeralContainerCommon: { name, image: "busybox:1" } })),
    },
  });
  const known = { pod, intent, observed: observePod(observed), records, life: { ...newLife, ...life }, memory: podMemory(given.memory) };
  return planPod({ ...known, environmentProblems, volumeProblems, verdicts, graceSeconds, nowMs }).map(brief);
}

/** The images of these containers are there. */
export function imagesOf(...names: readonly string[]): Pick<MemoryOverrides, "images"> {
  return { images: new Map(names.map((name) => [name, { state: "present" }])) };
}

/** A container of a pod that is being deleted: it has been told to end, unless said otherwise. */
export function ending(graceEndsAtMs: number, overrides: Partial<Ending> = {}): Ending {
  return { of: "pod", graceEndsAtMs, isInHook: false, killAtMs: graceEndsAtMs, killedAtMs: undefined, ...overrides };
}

function brief(action: PodAction): string {
  switch (action.type) {
    case "runSandbox":
      return `runSandbox ${action.attempt}`;
    case "runContainer":
      return `run ${action.container} ${action.attempt} failures ${action.failures}`;
    case "noteCrashLoop":
      return `crashLoop ${action.container} ${action.delayMs}`;
    case "terminate":
      return `terminate ${action.id} by ${action.killAtMs - nowMs}${toldOf(action.beginning)}`;
    case "kill":
      return `kill ${action.id}${toldOf(action.beginning)}`;
    case "beginEnd":
      return `${action.hasHook ? "preStop" : "hold"} ${action.id} by ${action.graceEndsAtMs - nowMs}${toldOf(action)}`;
    case "noteInitialized":
      return `initialized ${action.sandboxId}`;
    case "wake":
      return `wake ${action.afterMs}`;
    case "ensureImage":
    case "noteImageBackOff":
      return `${action.type} ${action.container}`;
    case "noteConfigError":
      return `configError ${action.container}: ${action.message}`;
    case "noteVolumeError":
      return `volumeError ${action.container}: ${action.message}`;
    case "finish":
      return "finish";
    default:
      return `${action.type} ${action.id}`;
  }
}

/** What the pod's user is told of an end, where that is not just that it is one. */
function toldOf(beginning: { readonly container: string; readonly message: string } | undefined): string {
  if (beginning === undefined || beginning.message === `Stopping container ${beginning.container}`) return "";
  return `: ${beginning.message}`;
}
