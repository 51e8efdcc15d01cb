import type { ContainerSnapshot } from "../runtime/interface.js";
import { hasPostStart, isUp, verdictOn } from "./container-health.js";
import { planStop } from "./plan-stop.js";
import type { PlanInput, PodAction } from "./pod-action.js";
import { containersOf } from "./pod-containers.js";

/** What a running container of a pod that is to run needs besides: its postStart hook, or an end for its own sake. */
export function planCare(running: readonly ContainerSnapshot[], input: PlanInput): readonly PodAction[] {
  return running.flatMap((snapshot) => planOwnEnd(snapshot, input) ?? planPostStart(snapshot, input));
}

/** A hook is due once for each container; where it is not known whether it was done, it is done again. */
function planPostStart(snapshot: ContainerSnapshot, { pod, records, memory }: PlanInput): readonly PodAction[] {
  const { id, identity } = snapshot;
  if (!hasPostStart(snapshot, pod) || isUp(snapshot, { pod, records }) || memory.inPostStart.has(id)) return [];
  return [{ type: "postStart", container: identity.container, id }];
}

/** Ends a container that is unwell, or whose hook has failed; undefined when nothing is the matter. */
function planOwnEnd(snapshot: ContainerSnapshot, input: PlanInput): readonly PodAction[] | undefined {
  const { memory, graceSeconds, pod } = input;
  const { fatal } = verdictOn(snapshot, input);
  const isBegun = memory.endings.has(snapshot.id);
  if (fatal === undefined && !memory.failedPostStart.has(snapshot.id) && !isBegun) return undefined;

  const probeGraceSeconds = fatal === undefined ? undefined : probeGrace(snapshot, fatal.probe, input);
  const told = fatal?.message ?? "FailedPostStartHook";
  const message = pod.spec.restartPolicy === "Never" && snapshot.identity.kind === "app" ? told.replace(/, will be restarted$/, "") : told;
  return planStop(snapshot, { of: "container", message, graceMs: (probeGraceSeconds ?? graceSeconds) * 1000, isHeld: false }, input);
}

function probeGrace({ identity }: ContainerSnapshot, probe: "liveness" | "startup", { pod }: PlanInput): number | undefined {
  const found = containersOf(pod).find(({ container }) => container.name === identity.container)?.container;
  return (probe === "liveness" ? found?.livenessProbe : found?.startupProbe)?.terminationGracePeriodSeconds;
}
