import { appRestarting, neverRestarted } from "../../api/kinds/pod/restarting.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import { containersOf } from "../pods/pod-containers.js";
import { recordOf } from "../pods/pod-records.js";
import { type ContainerSnapshot, sandboxName } from "../runtime/interface.js";
import { isUp } from "./container-health.js";
import { currentOf, membersOf, runningSandbox } from "./observed-pod.js";
import { type Next, nextOf, type PlanContext, planContainer } from "./plan-container.js";
import { planEnding, planSettling } from "./plan-end.js";
import { planCare } from "./plan-hooks.js";
import { planInit } from "./plan-init.js";
import type { PlanInput, PodAction } from "./pod-action.js";

/** Dead containers are kept only as far as `logs` and `logs --previous` can ask for them. */
const keptPerContainer = 2;

/** The steps towards a pod all of whose containers run, or have ended as its restart policy allows. */
export function planRun(input: PlanInput): readonly PodAction[] {
  const { observed, pod } = input;
  const sandbox = runningSandbox(observed);
  const tidying = planTidying(input, sandbox);
  const running = membersOf(observed).filter(({ phase }) => phase === "running");

  // Without the sandbox that they joined, containers run on with a dead network, and cannot be restarted.
  const stranded = running.filter((member) => isStranded(member, sandbox));
  if (stranded.length > 0) return [...tidying, ...planEnding(stranded, input)];

  const context: PlanContext = { input, sandbox };
  const { containers, restartPolicy } = pod.spec;
  const apps = containers.map((container) => ({ container, next: nextOf(container, appRestarting(container, restartPolicy), context) }));
  if (apps.every(({ next }) => next.type === "over")) return planSettling(input);
  const init = planInit(context);
  if (init.state === "failed") return planSettling(input);

  return [
    ...tidying,
    ...(sandbox === undefined ? planSandbox(input) : []),
    ...planEphemeral(context),
    ...init.steps,
    ...(init.state === "over" ? planApps(apps, context) : []),
    ...planCare(running, input),
  ];
}

function isStranded(member: ContainerSnapshot, sandbox: ContainerSnapshot | undefined): boolean {
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

/** They come after the fact: run once, in whatever state the pod's other containers are. */
function planEphemeral(context: PlanContext): readonly PodAction[] {
  return containersOf(context.input.pod)
    .filter(({ kind }) => kind === "ephemeral")
    .flatMap(({ container }) => planContainer(container, nextOf(container, neverRestarted, context), context));
}

interface AppNext {
  readonly container: Container;
  readonly next: Next;
}

/** App containers start side by side; but as in Kubernetes, none before the postStart hooks of those above it are done. */
function planApps(apps: readonly AppNext[], context: PlanContext): readonly PodAction[] {
  const steps: PodAction[] = [];
  let isHeld = false;
  for (const app of apps) {
    if (isHeld && (app.next.type === "run" || app.next.type === "start")) continue;
    steps.push(...planContainer(app.container, app.next, context));
    isHeld ||= holdsOthers(app, context.input);
  }
  return steps;
}

/** It has a hook that is still to come; one that cannot be started now keeps nobody waiting. */
function holdsOthers({ container, next }: AppNext, input: PlanInput): boolean {
  const { name = "", lifecycle } = container;
  if (lifecycle?.postStart === undefined) return false;
  const { observed, memory } = input;
  if (next.type === "run") {
    const { setbacks, configErrors, volumeErrors, images } = memory;
    return !setbacks.has(name) && !configErrors.has(name) && !volumeErrors.has(name) && images.get(name)?.state !== "failed";
  }
  const current = currentOf(observed, name);
  if (next.type === "start") return true;
  return next.type === "runs" && current !== undefined && !isUp(current, input) && !memory.endings.has(current.id);
}
