import { timeFromMs } from "../../api/values/time.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { ContainerStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { ContainerStatus as ContainerStatusMessage } from "../../gen/howbernetes/core/v1/pod_status.js";
import type { ObservedPod } from "../pods/observed-pod.js";
import type { PodMemory } from "../pods/pod-memory.js";
import { type PodRecords, recordOf } from "../pods/pod-records.js";
import { type Termination, terminationOf, vanished } from "../pods/termination.js";
import { type ContainerSnapshot, sandboxName } from "../runtime/interface.js";

/** What is known of a pod's containers. */
export interface ContainerFacts {
  readonly observed: ObservedPod;
  readonly records: PodRecords;
  readonly memory: PodMemory;
  /** Scheme of container ids, as "docker". */
  readonly runtimeName: string;
}

interface Waiting {
  readonly reason: string;
  readonly message: string;
}

/** A container's status, derived from its newest instance and from what keeps the next one from running. */
export function containerStatus(container: Container, facts: ContainerFacts): ContainerStatus {
  const name = container.name ?? "";
  const [current, previous] = facts.observed.containers.get(name) ?? [];
  const record = recordOf(facts.records, name);
  const ended = current?.phase === "exited" ? terminationOf(current) : current === undefined && record.started ? vanished : undefined;
  const waiting = waitingReason(name, facts, { isRunning: current?.phase === "running", hasEnded: ended !== undefined });
  const before = previous?.phase === "exited" ? terminationOf(previous) : record.lastTermination;
  const last = waiting === undefined || ended === undefined ? before : ended;
  const isRunning = current?.phase === "running";

  return ContainerStatusMessage.fromPartial({
    name,
    state: {
      ...(waiting === undefined ? {} : { waiting }),
      ...(isRunning ? { running: { startedAt: timeOf(current?.startedAtMs) } } : {}),
      ...(waiting === undefined && ended !== undefined ? { terminated: terminatedState(ended, facts.runtimeName) } : {}),
    },
    lastState: last === undefined ? {} : { terminated: terminatedState(last, facts.runtimeName) },
    // Without probes, what runs is ready.
    ready: isRunning,
    started: isRunning,
    restartCount: Math.max(record.restartCount, current?.identity.attempt ?? 0),
    image: container.image ?? "",
    imageID: current?.imageId ?? "",
    containerID: containerId(current, facts.runtimeName),
  });
}

/** Why the container does not run; undefined when it does, or has ended and nothing keeps it from being restarted. */
function waitingReason(
  name: string,
  { memory }: ContainerFacts,
  { isRunning, hasEnded }: { readonly isRunning: boolean; readonly hasEnded: boolean },
): Waiting | undefined {
  if (isRunning) return undefined;
  const crashLoop = memory.crashLoops.get(name);
  if (crashLoop !== undefined) return { reason: "CrashLoopBackOff", message: crashLoop.message };
  const image = memory.images.get(name);
  if (image?.state === "failed") return { reason: image.reason, message: image.message };
  const setback = memory.setbacks.get(name);
  if (setback !== undefined) return { reason: setback.reason, message: setback.message };
  const configError = memory.configErrors.get(name);
  if (configError !== undefined) return { reason: "CreateContainerConfigError", message: configError };
  if (hasEnded) return undefined;
  const sandbox = memory.setbacks.get(sandboxName);
  return { reason: "ContainerCreating", message: sandbox?.message ?? "" };
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
