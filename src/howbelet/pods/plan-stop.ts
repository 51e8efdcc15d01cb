import type { ContainerSnapshot } from "../runtime/interface.js";
import type { PlanInput, PodAction } from "./pod-action.js";

/** Kubernetes' grace of a pod that names none. */
const defaultGraceSeconds = 30;

/** Nothing survives SIGKILL for long, unless its kernel is stuck: then it is tried again, and what we know looked up. */
const killAgainAfterMs = 5_000;

/** The steps that end a running container: ask, wait for the grace, kill. A deadline that has come nearer is kept. */
export function planStop(snapshot: ContainerSnapshot, input: PlanInput): readonly PodAction[] {
  const { memory, nowMs } = input;
  const { id } = snapshot;
  const { container } = snapshot.identity;
  const signal = memory.signals.get(id);
  const byGrace = signal?.deadlineMs ?? nowMs + graceMsOf(input);
  const deadlineMs = Math.min(byGrace, memory.stopByMs ?? Number.POSITIVE_INFINITY);

  if (nowMs >= deadlineMs) {
    const againAtMs = signal?.killedAtMs === undefined ? nowMs : signal.killedAtMs + killAgainAfterMs;
    if (nowMs < againAtMs) return [{ type: "wake", afterMs: againAtMs - nowMs }];
    return [
      { type: "kill", container, id, isFirst: signal === undefined },
      { type: "wake", afterMs: killAgainAfterMs },
    ];
  }
  const wake: PodAction = { type: "wake", afterMs: deadlineMs - nowMs };
  return signal === undefined ? [{ type: "terminate", container, id, deadlineMs }, wake] : [wake];
}

function graceMsOf({ pod }: PlanInput): number {
  return (pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? defaultGraceSeconds) * 1000;
}
