import { containersOf, type PodContainer } from "../pods/pod-containers.js";
import type { Ending } from "../pods/pod-memory.js";
import type { ContainerSnapshot } from "../runtime/interface.js";
import type { PlanInput, PodAction } from "./pod-action.js";

/** Nothing survives SIGKILL for long, unless its kernel is stuck: then it is tried again, and what we know looked up. */
const killAgainAfterMs = 5_000;

/** Kubernetes' least time between telling a container to end and killing it, where its hook or others took the rest. */
const leastGraceMs = 2_000;

/** Why a container is ended. */
export interface EndCause {
  readonly of: Ending["of"];
  /** For the Event. */
  readonly message: string;
  readonly graceMs: number;
  /** Others must have ended before it is told to. */
  readonly isHeld: boolean;
}

/**
 * The steps that end a running container: its preStop hook, its turn, then ask, wait for the grace, kill. The grace is
 * one for all of it; a deadline that has come nearer is kept.
 */
export function planStop(snapshot: ContainerSnapshot, cause: EndCause, input: PlanInput): readonly PodAction[] {
  const { memory, nowMs } = input;
  const ending = memory.endings.get(snapshot.id);
  const byGrace = ending?.graceEndsAtMs ?? nowMs + cause.graceMs;
  const graceEndsAtMs = Math.min(byGrace, memory.stopByMs ?? Number.POSITIVE_INFINITY);
  if (ending === undefined) return planBeginning(snapshot, { ...cause, graceEndsAtMs }, input);
  if (ending.killAtMs === undefined) return planAsking(snapshot, { ending, graceEndsAtMs, isHeld: cause.isHeld }, input);

  const isNearer = memory.stopByMs !== undefined && memory.stopByMs < ending.graceEndsAtMs;
  return planKill(snapshot, ending, { killAtMs: isNearer ? graceEndsAtMs : ending.killAtMs, nowMs });
}

function planBeginning(snapshot: ContainerSnapshot, cause: EndCause & { readonly graceEndsAtMs: number }, input: PlanInput): PodAction[] {
  const { of, message, graceEndsAtMs, isHeld } = cause;
  const { id } = snapshot;
  const { container } = snapshot.identity;
  const beginning = { container, id, of, message, graceEndsAtMs };
  const restMs = graceEndsAtMs - input.nowMs;
  if (restMs <= 0) return [{ type: "kill", container, id, beginning }, wakeAfter(killAgainAfterMs)];

  const hasHook = specOf(snapshot, input)?.container.lifecycle?.preStop !== undefined;
  if (hasHook || isHeld) return [{ type: "beginEnd", hasHook, ...beginning }, wakeAfter(restMs)];
  return [{ type: "terminate", container, id, killAtMs: graceEndsAtMs, beginning }, wakeAfter(restMs)];
}

interface Asking {
  readonly ending: Ending;
  readonly graceEndsAtMs: number;
  readonly isHeld: boolean;
}

function planAsking({ id, identity }: ContainerSnapshot, { ending, graceEndsAtMs, isHeld }: Asking, input: PlanInput): PodAction[] {
  const { graceSeconds, nowMs } = input;
  const { container } = identity;
  if (nowMs < graceEndsAtMs && (ending.isInHook || isHeld)) return [wakeAfter(graceEndsAtMs - nowMs)];
  // A grace of nothing means at once, whatever was begun.
  if (graceSeconds === 0) return [{ type: "kill", container, id, beginning: undefined }, wakeAfter(killAgainAfterMs)];
  const killAtMs = Math.max(graceEndsAtMs, nowMs + leastGraceMs);
  return [{ type: "terminate", container, id, killAtMs, beginning: undefined }, wakeAfter(killAtMs - nowMs)];
}

function planKill(
  { id, identity }: ContainerSnapshot,
  { killedAtMs }: Ending,
  { killAtMs, nowMs }: { readonly killAtMs: number; readonly nowMs: number },
): PodAction[] {
  if (nowMs < killAtMs) return [wakeAfter(killAtMs - nowMs)];
  const againAtMs = killedAtMs === undefined ? nowMs : killedAtMs + killAgainAfterMs;
  if (nowMs < againAtMs) return [wakeAfter(againAtMs - nowMs)];
  return [{ type: "kill", container: identity.container, id, beginning: undefined }, wakeAfter(killAgainAfterMs)];
}

/** Undefined where the spec is not known any more. */
function specOf({ identity }: ContainerSnapshot, { pod }: PlanInput): PodContainer | undefined {
  return containersOf(pod).find(({ container }) => container.name === identity.container);
}

function wakeAfter(afterMs: number): PodAction {
  return { type: "wake", afterMs };
}
