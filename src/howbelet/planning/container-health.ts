import { containersOf } from "../pods/pod-containers.js";
import { recordOf } from "../pods/pod-records.js";
import type { ProbeVerdict } from "../probes/probe-verdict.js";
import type { ContainerSnapshot } from "../runtime/interface.js";
import type { PlanInput } from "./pod-action.js";

/** What a container is of which no probe says otherwise. */
const well: ProbeVerdict = { isStarted: true, isReady: true, fatal: undefined };

/** What the probes say of a container; one that has none is well. */
export function verdictOn({ id }: ContainerSnapshot, { verdicts }: Pick<PlanInput, "verdicts">): ProbeVerdict {
  return verdicts.get(id) ?? well;
}

/** A container runs, and its postStart hook, if it has one, is done. */
export function isUp(snapshot: ContainerSnapshot, { pod, records }: Pick<PlanInput, "pod" | "records">): boolean {
  if (snapshot.phase !== "running") return false;
  return !hasPostStart(snapshot, pod) || recordOf(records, snapshot.identity.container).postStarted === snapshot.id;
}

/** Its spec has a hook that is due once it has started. */
export function hasPostStart({ identity }: ContainerSnapshot, pod: PlanInput["pod"]): boolean {
  const found = containersOf(pod).find(({ container }) => container.name === identity.container);
  return found?.container.lifecycle?.postStart !== undefined;
}
