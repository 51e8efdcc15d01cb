import { initRestarting } from "../../api/kinds/pod/restarting.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import { isSidecar } from "../pods/pod-containers.js";
import { recordOf } from "../pods/pod-records.js";
import { isUp, verdictOn } from "./container-health.js";
import { currentOf, membersOf } from "./observed-pod.js";
import { type Next, nextOf, type PlanContext, planContainer } from "./plan-container.js";
import type { PodAction } from "./pod-action.js";

/** How far the init containers are, and what they need. */
export interface InitPlan {
  /** "over": the app containers may run. "failed": for good, so that the pod has. */
  readonly state: "under way" | "over" | "failed";
  readonly steps: readonly PodAction[];
}

/**
 * Runs the init containers one after the other, in each new sandbox from the first; a sidecar is passed once it has
 * started, and from then on restarted whenever it ends. Pure.
 */
export function planInit(context: PlanContext): InitPlan {
  const { input, sandbox } = context;
  const { initContainers } = input.pod.spec;
  if (initContainers.length === 0) return { state: "over", steps: [] };
  if (sandbox !== undefined && isInitialized(context))
    return { state: "over", steps: initContainers.flatMap((each) => planPassed(each, context)) };
  if (initContainers.some((each) => hasFailed(each, context))) return { state: "failed", steps: [] };

  const reached = Math.max(
    0,
    initContainers.findLastIndex((each) => hasBegun(each, context)),
  );
  const steps = initContainers.slice(0, reached).flatMap((each) => planPassed(each, context));
  for (const container of initContainers.slice(reached)) {
    const next = nextInit(container, context);
    if (isDone(container, next, context)) continue;
    return { state: "under way", steps: [...steps, ...planContainer(container, next, context)] };
  }
  // All that is left may be sidecars that run: the note is what makes it last.
  return { state: "over", steps: sandbox === undefined ? steps : [...steps, { type: "noteInitialized", sandboxId: sandbox.id }] };
}

/** Once it is, it stays so while the sandbox lives, also when the dead init containers are removed by someone. */
function isInitialized({ input, sandbox }: PlanContext): boolean {
  if (input.life.initializedIn === sandbox?.id) return true;
  return membersOf(input.observed).some(
    ({ identity, sandboxId, phase }) => identity.kind === "app" && sandboxId === sandbox?.id && phase !== "created",
  );
}

function planPassed(container: Container, context: PlanContext): readonly PodAction[] {
  return isSidecar(container) ? planContainer(container, nextInit(container, context), context) : [];
}

function nextInit(container: Container, context: PlanContext): Next {
  const { input, sandbox } = context;
  const next = nextOf(container, initRestarting(container, input.pod.spec.restartPolicy), context);
  if (next.type !== "over" || !next.hasSucceeded) return next;
  const name = container.name ?? "";
  const current = currentOf(input.observed, name);
  if (current !== undefined && current.sandboxId === sandbox?.id) return next;
  // What it did was for a sandbox that is gone.
  const record = recordOf(input.records, name);
  return {
    type: "run",
    attempt: Math.max(record.restartCount, current?.identity.attempt ?? 0) + 1,
    failures: record.failures,
    replaced: current,
  };
}

function hasBegun({ name = "" }: Container, { input, sandbox }: PlanContext): boolean {
  const current = currentOf(input.observed, name);
  return current !== undefined && current.phase !== "created" && current.sandboxId === sandbox?.id;
}

function isDone(container: Container, next: Next, { input }: PlanContext): boolean {
  if (!isSidecar(container)) return next.type === "over" && next.hasSucceeded;
  const current = currentOf(input.observed, container.name ?? "");
  return next.type === "runs" && current !== undefined && isUp(current, input) && verdictOn(current, input).isStarted;
}

function hasFailed(container: Container, context: PlanContext): boolean {
  const next = nextInit(container, context);
  return next.type === "over" && !next.hasSucceeded;
}
