import { isRestartable, type Restarting, shouldRestart } from "../../api/kinds/pod/restarting.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import { terminationOf, vanished } from "../containers/termination.js";
import { recordOf } from "../pods/pod-records.js";
import type { ContainerSnapshot } from "../runtime/interface.js";
import { currentOf } from "./observed-pod.js";
import { hasOtherImage } from "./other-image.js";
import { planObstacles } from "./plan-obstacles.js";
import type { PlanInput, PodAction } from "./pod-action.js";
import { countedFailures, restartDelayMs } from "./restart-policy.js";

/** What a container needs next. */
export type Next =
  | { readonly type: "runs" }
  /** It has ended, and is not started again. */
  | { readonly type: "over"; readonly hasSucceeded: boolean }
  | { readonly type: "run"; readonly attempt: number; readonly failures: number; readonly replaced: ContainerSnapshot | undefined }
  | { readonly type: "start"; readonly id: string }
  | { readonly type: "wait"; readonly containerId: string; readonly delayMs: number; readonly restMs: number };

/** What a pod's containers are planned in. */
export interface PlanContext {
  readonly input: PlanInput;
  /** The one that runs. */
  readonly sandbox: ContainerSnapshot | undefined;
}

/** What a container needs that is restarted so. */
export function nextOf(container: Container, restarting: Restarting, { input, sandbox }: PlanContext): Next {
  const { observed, records } = input;
  const name = container.name ?? "";
  const current = currentOf(observed, name);
  const record = recordOf(records, name);
  if (current?.phase === "running") return { type: "runs" };
  if (current?.phase === "exited") return afterEnd(name, current, { restarting, input });
  if (current?.phase === "created" && sandbox !== undefined && current.sandboxId === sandbox.id) return { type: "start", id: current.id };
  // It was made for a sandbox that is gone, and cannot join another: its successor takes the next number.
  if (current !== undefined) return { type: "run", attempt: current.identity.attempt + 1, failures: record.failures, replaced: undefined };
  if (!record.started) return { type: "run", attempt: record.restartCount, failures: record.failures, replaced: undefined };
  return afterEnd(name, undefined, { restarting, input });
}

interface Ended {
  readonly restarting: Restarting;
  readonly input: PlanInput;
}

function afterEnd(name: string, ended: ContainerSnapshot | undefined, { restarting, input }: Ended): Next {
  const { records, memory, nowMs } = input;
  const record = recordOf(records, name);
  const { exitCode, startedAtMs, finishedAtMs } = ended === undefined ? vanished : terminationOf(ended);
  // One that was ended to be restarted is, however well it took that.
  const isForced = isRestartable(restarting) && ended !== undefined && memory.endings.get(ended.id)?.of === "container";
  if (!isForced && !shouldRestart(restarting, exitCode)) return { type: "over", hasSucceeded: exitCode === 0 };

  // What another image did does not count against the one that is named now: whoever mends a pod need not wait for it.
  const isAnother = ended !== undefined && hasOtherImage(ended, input.pod);
  const failures = isAnother ? 0 : countedFailures(record.failures, (finishedAtMs ?? 0) - (startedAtMs ?? 0));
  const delayMs = restartDelayMs(failures);
  const restMs = ended === undefined ? 0 : (memory.endedAtMs.get(ended.id) ?? nowMs) + delayMs - nowMs;
  if (ended !== undefined && restMs > 0) return { type: "wait", containerId: ended.id, delayMs, restMs };
  const attempt = Math.max(record.restartCount, ended?.identity.attempt ?? 0) + 1;
  return { type: "run", attempt, failures: failures + 1, replaced: ended };
}

/** The steps that give a container what it needs next. */
export function planContainer(container: Container, next: Next, { input, sandbox }: PlanContext): readonly PodAction[] {
  const name = container.name ?? "";
  switch (next.type) {
    case "runs":
    case "over":
      return [];
    case "start":
      return [{ type: "startContainer", container: name, id: next.id }];
    case "wait":
      return planWait(name, next, input);
    case "run": {
      const obstacles = planObstacles(name, input);
      if (obstacles !== undefined) return obstacles;
      if (sandbox === undefined) return [];
      const { attempt, failures, replaced } = next;
      return [{ type: "runContainer", container: name, attempt, failures, replaced, sandboxId: sandbox.id }];
    }
  }
}

function planWait(container: string, next: Extract<Next, { type: "wait" }>, { memory }: PlanInput): readonly PodAction[] {
  const { containerId: id, delayMs, restMs } = next;
  const isKnown = memory.crashLoops.get(container)?.containerId === id;
  const wake: PodAction = { type: "wake", afterMs: restMs };
  return isKnown ? [wake] : [{ type: "noteCrashLoop", container, id, delayMs, restMs }, wake];
}
