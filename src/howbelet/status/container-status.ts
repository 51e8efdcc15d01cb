import { timeFromMs } from "../../api/values/time.js";
import { ContainerStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { type Termination, terminationOf, vanished } from "../containers/termination.js";
import { isUp, verdictOn } from "../planning/container-health.js";
import type { PlanInput } from "../planning/pod-action.js";
import { isSidecar, type PodContainer } from "../pods/pod-containers.js";
import { recordOf } from "../pods/pod-records.js";
import { type ContainerSnapshot, sandboxName } from "../runtime/interface.js";

/** What is known of a pod and its containers. */
export interface ContainerFacts extends Pick<PlanInput, "pod" | "observed" | "records" | "memory" | "life" | "verdicts"> {
  /** Scheme of container ids, as "docker". */
  readonly runtimeName: string;
}

interface Waiting {
  readonly reason: string;
  readonly message: string;
}

/** A container's status, derived from its newest instance and from what keeps the next one from running. */
export function containerStatus(podContainer: PodContainer, facts: ContainerFacts): ContainerStatus {
  const { container } = podContainer;
  const name = container.name ?? "";
  const [current, previous] = facts.observed.containers.get(name) ?? [];
  const record = recordOf(facts.records, name);
  const ended = endOf(current, record.started, facts);
  const isRunning = current !== undefined && isUp(current, facts);
  const waiting = isRunning ? undefined : waitingReason(name, facts, ended !== undefined);
  const before = previous?.phase === "exited" ? wordedEnd(previous, facts) : record.lastTermination;
  const last = waiting === undefined || ended === undefined ? before : ended;

  return ContainerStatus.fromPartial({
    name,
    state: {
      ...(waiting === undefined ? {} : { waiting }),
      ...(isRunning ? { running: { startedAt: timeOf(current.startedAtMs) } } : {}),
      ...(waiting === undefined && ended !== undefined ? { terminated: terminatedState(ended, facts.runtimeName) } : {}),
    },
    lastState: last === undefined ? {} : { terminated: terminatedState(last, facts.runtimeName) },
    ...healthOf(podContainer, { current: isRunning ? current : undefined, ended }, facts),
    restartCount: Math.max(record.restartCount, current?.identity.attempt ?? 0),
    image: container.image ?? "",
    imageID: current === undefined ? "" : record.imageId || current.imageId,
    containerID: containerId(current, facts.runtimeName),
    stopSignal: current?.stopSignal,
  });
}

function endOf(current: ContainerSnapshot | undefined, wasStarted: boolean, facts: ContainerFacts): Termination | undefined {
  if (current === undefined) return wasStarted ? vanished : undefined;
  return current.phase === "exited" ? wordedEnd(current, facts) : undefined;
}

function wordedEnd(snapshot: ContainerSnapshot, { memory }: ContainerFacts): Termination {
  return terminationOf(snapshot, memory.lastWords.get(snapshot.id));
}

interface Standing {
  /** Present while it runs. */
  readonly current: ContainerSnapshot | undefined;
  readonly ended: Termination | undefined;
}

/** An init container is ready once it has done its work; an ephemeral one serves nobody. */
function healthOf(
  { kind, container }: PodContainer,
  { current, ended }: Standing,
  facts: ContainerFacts,
): Pick<ContainerStatus, "ready" | "started"> {
  const verdict = current === undefined ? undefined : verdictOn(current, facts);
  if (kind === "ephemeral") return { ready: false, started: undefined };
  if (kind === "init" && !isSidecar(container)) return { ready: ended?.exitCode === 0, started: current !== undefined };
  return { ready: verdict?.isReady ?? false, started: verdict?.isStarted ?? false };
}

/** Why the container does not run; undefined when it has ended and nothing keeps it from being restarted. */
function waitingReason(name: string, facts: ContainerFacts, hasEnded: boolean): Waiting | undefined {
  const { memory, pod } = facts;
  // An image that is missing or on its way and a setback come after the wait of a crash loop, whose next restart they hold up.
  const image = memory.images.get(name);
  if (image?.state === "failed") return { reason: image.reason, message: image.message };
  const setback = memory.setbacks.get(name);
  if (setback !== undefined) return { reason: setback.reason, message: setback.message };
  const creating = pod.spec.initContainers.length > 0 ? "PodInitializing" : "ContainerCreating";
  if (image?.state === "ensuring" && image.progress !== undefined) return { reason: creating, message: image.progress };
  const crashLoop = memory.crashLoops.get(name);
  if (crashLoop !== undefined) return { reason: "CrashLoopBackOff", message: crashLoop.message };
  const configError = memory.configErrors.get(name);
  if (configError !== undefined) return { reason: "CreateContainerConfigError", message: configError };
  if (hasEnded) return undefined;
  return { reason: creating, message: creatingMessage(name, facts) };
}

/** What there is to wait for, where it is known. */
function creatingMessage(name: string, { memory }: ContainerFacts): string {
  const volumeError = memory.volumeErrors.get(name);
  if (volumeError !== undefined) return volumeError;
  return memory.setbacks.get(sandboxName)?.message ?? "";
}

function terminatedState(termination: Termination, runtimeName: string) {
  const { exitCode, reason, message, startedAtMs, finishedAtMs, containerId: id } = termination;
  return {
    exitCode,
    reason,
    message,
    startedAt: timeOf(startedAtMs),
    finishedAt: timeOf(finishedAtMs),
    containerID: id === "" ? "" : `${runtimeName}://${id}`,
  };
}

function containerId(current: ContainerSnapshot | undefined, runtimeName: string): string {
  return current === undefined ? "" : `${runtimeName}://${current.id}`;
}

function timeOf(ms: number | undefined) {
  return ms === undefined ? undefined : timeFromMs(ms);
}
