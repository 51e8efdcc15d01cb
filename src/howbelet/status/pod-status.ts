import { disruptionTarget, terminationByNode } from "../../api/kinds/pod/disruption-target.js";
import { shouldRestart } from "../../api/kinds/pod/restarting.js";
import { timeFromMs } from "../../api/values/time.js";
import { type ContainerStatus, type PodCondition, PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { membersOf, runningSandbox } from "../planning/observed-pod.js";
import { containerOf, containersOf, isSidecar, restartingOf } from "../pods/pod-containers.js";
import { type ContainerFacts, containerStatus } from "./container-status.js";
import { podConditions } from "./pod-conditions.js";
import { type PodPhase, podPhase } from "./pod-phase.js";

/** All that a pod's status is derived from. */
export interface StatusInput extends ContainerFacts {
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
  const { pod, previous, hostIp, nowMs, life } = input;
  const all = statusesOf(input);
  const { init, sidecars, apps, ephemeral } = all;
  const isInitialized = hasInitialized(input);
  const phase = phaseOf(input, { ...all, isInitialized });
  const ip = addressOf(input);
  const hasSandbox = runningSandbox(input.observed) !== undefined;
  const status = PodStatus.fromPartial({
    phase,
    reason: life.failure?.reason ?? (isFinal(phase) ? previous.reason : undefined),
    message: life.failure?.message ?? (isFinal(phase) ? previous.message : undefined),
    hostIP: hostIp,
    hostIPs: [{ ip: hostIp }],
    podIP: ip,
    podIPs: ip === "" ? [] : [{ ip }],
    startTime: previous.startTime ?? timeFromMs(nowMs),
    initContainerStatuses: inSpecOrder([...init, ...sidecars], input),
    containerStatuses: [...apps],
    ephemeralContainerStatuses: [...ephemeral],
    observedGeneration: pod.metadata.generation,
  });
  const facts = { pod, phase, hasSandbox, isInitialized, init, sidecars, apps, previous: previous.conditions, nowMs };
  return { ...status, conditions: [...podConditions(facts), ...disruptions(input)] };
}

function disruptions({ life: { failure }, previous, nowMs }: StatusInput): readonly PodCondition[] {
  if (failure?.isDisruption !== true) return [];
  return [disruptionTarget(previous, { reason: terminationByNode, message: failure.message }, nowMs)];
}

/** Whether the api-server has a ready pod's containers ready, but not the pod: that is not the node's doing, and not old news. */
export function isOverruled(published: PodStatus, present: PodStatus): boolean {
  const isTrue = ({ conditions }: PodStatus, wanted: string): boolean =>
    conditions.some(({ type, status }) => type === wanted && status === "True");
  return isTrue(published, "Ready") && isTrue(present, "ContainersReady") && !isTrue(present, "Ready");
}

interface ContainerStatuses {
  /** Of the init containers that come to their end. */
  readonly init: readonly ContainerStatus[];
  readonly sidecars: readonly ContainerStatus[];
  readonly apps: readonly ContainerStatus[];
  readonly ephemeral: readonly ContainerStatus[];
}

/** Of a pod that was ended as a whole only what has run is told: the rest waits for nothing. */
function statusesOf(input: StatusInput): ContainerStatuses {
  const isOver = input.life.failure !== undefined;
  const all = containersOf(input.pod)
    .map((each) => ({ ...each, status: containerStatus(each, input) }))
    .filter(({ status }) => !isOver || status.containerID !== "" || status.state?.terminated !== undefined);
  const of = (isMeant: (each: (typeof all)[number]) => boolean) => all.filter(isMeant).map(({ status }) => status);
  return {
    init: of(({ kind, container }) => kind === "init" && !isSidecar(container)),
    sidecars: of(({ kind, container }) => kind === "init" && isSidecar(container)),
    apps: of(({ kind }) => kind === "app"),
    ephemeral: of(({ kind }) => kind === "ephemeral"),
  };
}

function inSpecOrder(statuses: readonly ContainerStatus[], { pod }: StatusInput): ContainerStatus[] {
  return pod.spec.initContainers.flatMap(({ name }) => statuses.find((status) => status.name === name) ?? []);
}

/** Once an app container runs in a sandbox, the init containers have done their work for it. */
function hasInitialized({ pod, observed, life }: StatusInput): boolean {
  if (pod.spec.initContainers.length === 0) return true;
  const sandbox = runningSandbox(observed) ?? observed.sandboxes[0];
  if (sandbox === undefined) return life.initializedIn !== "";
  return life.initializedIn === sandbox.id;
}

function phaseOf(input: StatusInput, statuses: ContainerStatuses & { readonly isInitialized: boolean }): PodPhase {
  const { previous, life, pod, isEnding, observed } = input;
  if (isFinal(previous.phase)) return previous.phase;
  const willRestart = (name: string, exitCode: number): boolean => shouldRestart(restartingOf(containerOf(pod, name), pod), exitCode);
  if (life.failure === undefined) return podPhase({ ...statuses, willRestart, isEnding });
  // It fails once nothing of it runs any more: before, its place on the node is not free.
  const isRunning = membersOf(observed).some(({ phase }) => phase === "running");
  return !isRunning ? "Failed" : previous.phase === "Running" ? "Running" : "Pending";
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
