import type { Whole } from "../../api/object.js";
import { timeFromMs } from "../../api/values/time.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import { type ContainerStatus, type PodCondition, PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { runningSandbox } from "../pods/observed-pod.js";
import { type ContainerFacts, containerStatus } from "./container-status.js";
import { type PodPhase, podPhase } from "./pod-phase.js";

/** All that a pod's status is derived from. */
export interface StatusInput extends ContainerFacts {
  readonly pod: Whole<Pod>;
  /** Nothing will be started any more. */
  readonly isEnding: boolean;
  /** The last status that was derived, or the api-server's: conditions keep their times from it. */
  readonly previous: PodStatus;
  readonly hostIp: string;
  /** Wall clock. */
  readonly nowMs: number;
}

/** The part of a pod's status that its node owns. Pure. */
export function podStatus(input: StatusInput): PodStatus {
  const { pod, previous, hostIp, nowMs } = input;
  const statuses = pod.spec.containers.map((container) => containerStatus(container, input));
  const phase = isFinal(previous.phase) ? previous.phase : podPhase(statuses, pod.spec.restartPolicy, input.isEnding);
  const ip = addressOf(input);
  const status = PodStatus.fromPartial({
    phase,
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    podIP: ip,
    podIPs: ip === "" ? [] : [{ ip }],
    startTime: previous.startTime ?? timeFromMs(nowMs),
    containerStatuses: statuses,
  });
  return { ...status, conditions: conditionsOf(phase, statuses, input) };
}

function isFinal(phase: string | undefined): phase is PodPhase {
  return phase === "Succeeded" || phase === "Failed";
}

function addressOf({ pod, observed, hostIp, previous }: StatusInput): string {
  const sandbox = runningSandbox(observed);
  if (pod.spec.hostNetwork === true) return sandbox === undefined ? "" : hostIp;
  // A pod that has ended keeps the address it had, as in Kubernetes; one that gets a new sandbox has none until then.
  return sandbox?.ip ?? (isFinal(previous.phase) ? (previous.podIP ?? "") : "");
}

function conditionsOf(phase: PodPhase, statuses: readonly ContainerStatus[], input: StatusInput): PodCondition[] {
  const sandbox = runningSandbox(input.observed);
  const unready = statuses.filter(({ ready }) => ready !== true).map(({ name }) => name);
  const readiness = readinessOf(phase, unready);
  const drafts = [
    { type: "PodReadyToStartContainers", status: sandbox === undefined ? "False" : "True" },
    { type: "Initialized", status: "True", ...(phase === "Succeeded" ? { reason: "PodCompleted" } : {}) },
    { type: "Ready", ...readiness },
    { type: "ContainersReady", ...readiness },
  ];
  return drafts.map((draft) => withTransition(draft, input));
}

interface ConditionDraft {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

function readinessOf(phase: PodPhase, unready: readonly (string | undefined)[]): Omit<ConditionDraft, "type"> {
  if (phase === "Succeeded") return { status: "False", reason: "PodCompleted" };
  if (phase === "Failed") return { status: "False", reason: "PodFailed" };
  if (unready.length === 0) return { status: "True" };
  return { status: "False", reason: "ContainersNotReady", message: `containers with unready status: [${unready.join(" ")}]` };
}

function withTransition(draft: ConditionDraft, { previous, nowMs }: StatusInput): PodCondition {
  const before = previous.conditions.find(({ type }) => type === draft.type);
  const lastTransitionTime = before?.status === draft.status && before.lastTransitionTime ? before.lastTransitionTime : timeFromMs(nowMs);
  return { ...draft, lastProbeTime: undefined, lastTransitionTime };
}
