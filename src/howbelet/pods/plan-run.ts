import { invariant } from "../../base/invariant.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import { type ContainerSnapshot, sandboxName } from "../runtime/interface.js";
import { currentOf, membersOf, runningSandbox } from "./observed-pod.js";
import { planSettling } from "./plan-end.js";
import { planStop } from "./plan-stop.js";
import type { PlanInput, PodAction } from "./pod-action.js";
import { recordOf } from "./pod-records.js";
import { countedFailures, restartDelayMs, shouldRestart } from "./restart-policy.js";
import { terminationOf, vanished } from "./termination.js";

/** Dead containers are kept only as far as `logs` and `logs --previous` can ask for them. */
const keptPerContainer = 2;

/** A failed pull is called ErrImagePull for this long before it is called a back-off, so that its reason can be read. */
const pullErrorShownMs = 1_000;

/** What a container needs next. */
type Next =
  | { readonly type: "nothing"; readonly isDone: boolean }
  | { readonly type: "run"; readonly attempt: number; readonly failures: number; readonly replaced: ContainerSnapshot | undefined }
  | { readonly type: "start"; readonly id: string }
  | { readonly type: "wait"; readonly containerId: string; readonly delayMs: number; readonly restMs: number };

/** The steps towards a pod all of whose containers run, or have ended as its restart policy allows. */
export function planRun(input: PlanInput): readonly PodAction[] {
  const { observed, pod } = input;
  const sandbox = runningSandbox(observed);
  const tidying = planTidying(input, sandbox);

  // Without the sandbox that they joined, containers run on with a dead network, and cannot be restarted.
  const stranded = membersOf(observed).filter((member) => isStranded(member, sandbox));
  if (stranded.length > 0) return [...tidying, ...stranded.flatMap((member) => planStop(member, input))];

  const nexts = pod.spec.containers.map((container) => ({ container, next: nextOf(container, input, sandbox) }));
  if (nexts.every(({ next }) => next.type === "nothing" && next.isDone)) return planSettling(input);

  const steps = nexts.flatMap(({ container, next }) => planContainer(container, next, { input, sandbox }));
  return sandbox === undefined ? [...tidying, ...planSandbox(input), ...steps] : [...tidying, ...steps];
}

function isStranded(member: ContainerSnapshot, sandbox: ContainerSnapshot | undefined): boolean {
  if (member.phase !== "running") return false;
  if (sandbox === undefined || member.sandboxId !== sandbox.id) return true;
  return (sandbox.startedAtMs ?? 0) > (member.startedAtMs ?? 0);
}

function planTidying({ observed }: PlanInput, sandbox: ContainerSnapshot | undefined): readonly PodAction[] {
  const oldContainers = [...observed.containers.values()].flatMap((all) =>
    all.slice(keptPerContainer).filter((old) => old.phase !== "running"),
  );
  const waiting = observed.sandboxes[0]?.phase === "created" ? observed.sandboxes[0] : undefined;
  const oldSandboxes = observed.sandboxes.filter((old) => old !== sandbox && old !== waiting);
  return [...oldContainers, ...oldSandboxes].map(({ id }) => ({ type: "removeContainer", id }));
}

function planSandbox({ observed, records, memory, nowMs }: PlanInput): readonly PodAction[] {
  const setback = memory.setbacks.get(sandboxName);
  if (setback !== undefined && nowMs < setback.retryAtMs) return [{ type: "wake", afterMs: setback.retryAtMs - nowMs }];
  const [newest] = observed.sandboxes;
  if (newest?.phase === "created") return [{ type: "startSandbox", id: newest.id }];
  const record = recordOf(records, sandboxName);
  const last = Math.max(newest?.identity.attempt ?? -1, record.started ? record.restartCount : -1);
  return [{ type: "runSandbox", attempt: last + 1 }];
}

function nextOf(container: Container, input: PlanInput, sandbox: ContainerSnapshot | undefined): Next {
  const { observed, records } = input;
  const name = container.name ?? "";
  const current = currentOf(observed, name);
  const record = recordOf(records, name);
  if (current?.phase === "running") return { type: "nothing", isDone: false };
  if (current?.phase === "exited") return afterEnd(container, current, input);
  if (current?.phase === "created" && sandbox !== undefined && current.sandboxId === sandbox.id) return { type: "start", id: current.id };
  // It was made for a sandbox that is gone, and cannot join another: its successor takes the next number.
  if (current !== undefined) return { type: "run", attempt: current.identity.attempt + 1, failures: record.failures, replaced: undefined };
  if (!record.started) return { type: "run", attempt: record.restartCount, failures: record.failures, replaced: undefined };
  return afterEnd(container, undefined, input);
}

function afterEnd(container: Container, ended: ContainerSnapshot | undefined, { pod, records, memory, nowMs }: PlanInput): Next {
  const record = recordOf(records, container.name ?? "");
  const { exitCode, startedAtMs, finishedAtMs } = ended === undefined ? vanished : terminationOf(ended);
  if (!shouldRestart(pod.spec.restartPolicy, exitCode)) return { type: "nothing", isDone: true };

  const failures = countedFailures(record.failures, (finishedAtMs ?? 0) - (startedAtMs ?? 0));
  const delayMs = restartDelayMs(failures);
  const restMs = ended === undefined ? 0 : (memory.endedAtMs.get(ended.id) ?? nowMs) + delayMs - nowMs;
  if (ended !== undefined && restMs > 0) return { type: "wait", containerId: ended.id, delayMs, restMs };
  const attempt = Math.max(record.restartCount, ended?.identity.attempt ?? 0) + 1;
  return { type: "run", attempt, failures: failures + 1, replaced: ended };
}

interface ContainerContext {
  readonly input: PlanInput;
  readonly sandbox: ContainerSnapshot | undefined;
}

function planContainer(container: Container, next: Next, { input, sandbox }: ContainerContext): readonly PodAction[] {
  const name = container.name ?? "";
  switch (next.type) {
    case "nothing":
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

function planWait(container: string, next: Next, { memory }: PlanInput): readonly PodAction[] {
  invariant(next.type === "wait", "only a wait is waited for");
  const { containerId: id, delayMs, restMs } = next;
  const isKnown = memory.crashLoops.get(container)?.containerId === id;
  const wake: PodAction = { type: "wake", afterMs: restMs };
  return isKnown ? [wake] : [{ type: "noteCrashLoop", container, id, delayMs }, wake];
}

/** What must be done, or waited for, before a container can be made; undefined when nothing must. */
function planObstacles(container: string, input: PlanInput): readonly PodAction[] | undefined {
  const { memory, nowMs } = input;
  const setback = memory.setbacks.get(container);
  if (setback !== undefined && nowMs < setback.retryAtMs) return [{ type: "wake", afterMs: setback.retryAtMs - nowMs }];
  const image = memory.images.get(container);
  if (image === undefined) return [{ type: "ensureImage", container }];
  if (image.state === "present") return planConfigError(container, input);
  if (image.state === "ensuring") return [];
  if (nowMs >= image.retryAtMs) return [{ type: "ensureImage", container }];

  const retry: PodAction = { type: "wake", afterMs: image.retryAtMs - nowMs };
  if (image.reason !== "ErrImagePull") return [retry];
  const shownUntilMs = image.failedAtMs + pullErrorShownMs;
  return nowMs < shownUntilMs ? [{ type: "wake", afterMs: shownUntilMs - nowMs }] : [{ type: "noteImageBackOff", container }, retry];
}

/** Nothing is waited for by time: what the environment lacks wakes the pod when it comes. */
function planConfigError(container: string, { environmentProblems, memory }: PlanInput): readonly PodAction[] | undefined {
  const problem = environmentProblems.get(container);
  if (problem === undefined) return undefined;
  if (problem.state === "pending" || memory.configErrors.get(container) === problem.message) return [];
  return [{ type: "noteConfigError", container, message: problem.message }];
}
