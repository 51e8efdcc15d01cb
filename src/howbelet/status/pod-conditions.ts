import type { Whole } from "../../api/object.js";
import { timeFromMs } from "../../api/values/time.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { ContainerStatus, PodCondition } from "../../gen/howbernetes/core/v1/pod_status.js";
import type { PodPhase } from "./pod-phase.js";

/** What a pod's conditions follow from. */
export interface ConditionFacts {
  readonly pod: Whole<Pod>;
  readonly phase: PodPhase;
  readonly hasSandbox: boolean;
  readonly isInitialized: boolean;
  /** Of the init containers that come to their end. */
  readonly init: readonly ContainerStatus[];
  readonly sidecars: readonly ContainerStatus[];
  readonly apps: readonly ContainerStatus[];
  /** The conditions before, from which those keep their times that have not changed. */
  readonly previous: readonly PodCondition[];
  /** Wall clock. */
  readonly nowMs: number;
}

interface ConditionDraft {
  readonly type: string;
  readonly status: "True" | "False";
  readonly reason?: string;
  readonly message?: string;
}

/** The conditions that a pod's node owns, by Kubernetes' rules. Pure. */
export function podConditions(facts: ConditionFacts): PodCondition[] {
  const containersReady = containersReadyDraft(facts);
  const drafts: readonly ConditionDraft[] = [
    { type: "PodReadyToStartContainers", status: facts.hasSandbox ? "True" : "False" },
    initializedDraft(facts),
    readyDraft(facts.pod, containersReady),
    { type: "ContainersReady", ...containersReady },
  ];
  return drafts.map((draft) => withTransition(draft, facts));
}

function initializedDraft({ phase, isInitialized, init, sidecars }: ConditionFacts): ConditionDraft {
  const type = "Initialized";
  if (phase === "Succeeded") return { type, status: "True", reason: "PodCompleted" };
  if (isInitialized) return { type, status: "True" };
  const incomplete = [...init.filter(({ ready }) => ready !== true), ...sidecars.filter(({ started }) => started !== true)];
  if (incomplete.length === 0) return { type, status: "True" };
  return {
    type,
    status: "False",
    reason: "ContainersNotInitialized",
    message: `containers with incomplete status: ${namesOf(incomplete)}`,
  };
}

type Readiness = Omit<ConditionDraft, "type">;

function containersReadyDraft({ phase, sidecars, apps }: ConditionFacts): Readiness {
  if (phase === "Succeeded") return { status: "False", reason: "PodCompleted" };
  if (phase === "Failed") return { status: "False", reason: "PodFailed" };
  const unready = [...sidecars, ...apps].filter(({ ready }) => ready !== true);
  if (unready.length === 0) return { status: "True" };
  return { status: "False", reason: "ContainersNotReady", message: `containers with unready status: ${namesOf(unready)}` };
}

/** A pod is ready once its containers are, and all that its gates name has been found true by whoever it is that looks. */
function readyDraft({ spec, status }: Whole<Pod>, containersReady: Readiness): ConditionDraft {
  const type = "Ready";
  if (containersReady.status !== "True") return { type, ...containersReady };
  const problems = spec.readinessGates.flatMap(({ conditionType = "" }) => {
    const found = status.conditions.find((condition) => condition.type === conditionType);
    if (found === undefined) return [`corresponding condition of pod readiness gate "${conditionType}" does not exist.`];
    return found.status === "True" ? [] : [`the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`];
  });
  if (problems.length === 0) return { type, status: "True" };
  return { type, status: "False", reason: "ReadinessGatesNotReady", message: problems.join(", ") };
}

function namesOf(statuses: readonly ContainerStatus[]): string {
  return `[${statuses.map(({ name }) => name).join(" ")}]`;
}

function withTransition(draft: ConditionDraft, { previous, nowMs }: ConditionFacts): PodCondition {
  const before = previous.find(({ type }) => type === draft.type);
  const lastTransitionTime = before?.status === draft.status && before.lastTransitionTime ? before.lastTransitionTime : timeFromMs(nowMs);
  return { ...draft, lastProbeTime: undefined, lastTransitionTime };
}
