import { isRestartable } from "../../api/kinds/pod/restarting.js";
import { containersOf, restartingOf } from "../pods/pod-containers.js";
import type { ContainerSnapshot } from "../runtime/interface.js";
import { hasPostStart, isUp, verdictOn } from "./container-health.js";
import { hasOtherImage } from "./other-image.js";
import { planStop } from "./plan-stop.js";
import type { PlanInput, PodAction } from "./pod-action.js";

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

/** Ends a container that is unwell, whose hook has failed or whose image was changed; undefined when nothing is the matter. */
function planOwnEnd(snapshot: ContainerSnapshot, input: PlanInput): readonly PodAction[] | undefined {
  const { memory, graceSeconds } = input;
  const { fatal } = verdictOn(snapshot, input);
  const reason = fatal?.message ?? (memory.failedPostStart.has(snapshot.id) ? "FailedPostStartHook" : undefined);
  const isChanged = hasOtherImage(snapshot, input.pod);
  if (reason === undefined && !isChanged && !memory.endings.has(snapshot.id)) return undefined;

  const probeGraceSeconds = fatal === undefined ? undefined : probeGrace(snapshot, fatal.probe, input);
  const message = isChanged
    ? `Container ${snapshot.identity.container} definition changed, will be restarted`
    : told(reason ?? "", snapshot, input);
  return planStop(snapshot, { of: "container", message, graceMs: (probeGraceSeconds ?? graceSeconds) * 1000, isHeld: false }, input);
}

/** What is never restarted is not said to be. */
function told(reason: string, { identity }: ContainerSnapshot, { pod }: PlanInput): string {
  const found = containersOf(pod).find(({ container }) => container.name === identity.container);
  return found !== undefined && !isRestartable(restartingOf(found, pod)) ? reason.replace(/, will be restarted$/, "") : reason;
}

function probeGrace({ identity }: ContainerSnapshot, probe: "liveness" | "startup", { pod }: PlanInput): number | undefined {
  const found = containersOf(pod).find(({ container }) => container.name === identity.container)?.container;
  return (probe === "liveness" ? found?.livenessProbe : found?.startupProbe)?.terminationGracePeriodSeconds;
}
