import type { Container } from "../../../gen/howbernetes/core/v1/container.js";
import type { Pod, PodSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import { PodStatus } from "../../../gen/howbernetes/core/v1/pod_status.js";
import type { Toleration } from "../../../gen/howbernetes/core/v1/scheduling.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { forbiddenField, invalidValue, unsupported } from "../../validation/field-error.js";
import { ipProblems } from "../../validation/network.js";
import { raiseGeneration, startGeneration } from "../generation.js";
import { differences, sameValue } from "../same-value.js";
import { isGated, validateGateChange, validatePlacementChange, withPreviousPlacement } from "./gate-update-rules.js";
import { keepSelectionByOwnLabels, selectByOwnLabels } from "./label-keys.js";
import { qosClassOf } from "./quality-of-service.js";

const phases: readonly string[] = ["Failed", "Pending", "Running", "Succeeded", "Unknown"];

const changeable = [
  "`spec.containers[*].image`",
  "`spec.initContainers[*].image`",
  "`spec.activeDeadlineSeconds`",
  "`spec.tolerations` (only additions to existing tolerations)",
  "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
].join(",");

/** What a pod is told as long as somebody holds it back. */
const gated = {
  type: "PodScheduled",
  status: "False",
  reason: "SchedulingGated",
  message: "Scheduling is blocked due to non-empty scheduling gates",
};

/** A new pod is pending, whatever its author wrote; what it says of its own labels is written out. */
export function preparePodForCreate(draft: Whole<Pod>): void {
  startGeneration(draft);
  selectByOwnLabels(draft);
  const conditions = isGated(draft.spec) ? [gated] : [];
  draft.status = PodStatus.fromPartial({ phase: "Pending", qosClass: qosClassOf(draft.spec), conditions });
}

/** A write of the spec leaves the status as it was. */
export function preparePodForUpdate(draft: Whole<Pod>, previous: Whole<Pod>): void {
  draft.status = structuredClone(previous.status);
  keepSelectionByOwnLabels(draft, previous);
  raiseGeneration(draft, previous);
}

/** What of a pod may not change: nearly all, for its containers are made once. */
export function validatePodUpdate(next: Whole<Pod>, previous: Whole<Pod>): FieldError[] {
  const count = ["containers", "initContainers"] as const;
  const resized = count.filter((list) => next.spec[list].length !== previous.spec[list].length);
  if (resized.length > 0) {
    return resized.map((list) => forbiddenField(`spec.${list}`, "pod updates may not add or remove containers"));
  }
  const gated = isGated(previous.spec);
  const errors = [
    ...validateDeadline(next.spec, previous.spec),
    ...validateTolerationChange(next.spec, previous.spec),
    ...validateGateChange(next.spec, previous.spec),
    ...(gated ? validatePlacementChange(next.spec, previous.spec) : []),
  ];
  const kept = withChangeable(next.spec, previous.spec);
  const changed = differences(gated ? withPreviousPlacement(kept, previous.spec) : kept, previous.spec, "spec");
  if (changed.length === 0) return errors;
  const detail = `pod updates may not change fields other than ${changeable}\nchanged: ${changed.join(", ")}`;
  return [...errors, forbiddenField("spec", detail)];
}

/** The next spec with what may change put back to what it was. */
function withChangeable(next: PodSpec, previous: PodSpec): PodSpec {
  const wasNegative = (previous.terminationGracePeriodSeconds ?? 0) < 0 && next.terminationGracePeriodSeconds === 1;
  return {
    ...next,
    containers: withImages(next.containers, previous.containers),
    initContainers: withImages(next.initContainers, previous.initContainers),
    activeDeadlineSeconds: previous.activeDeadlineSeconds,
    tolerations: previous.tolerations,
    schedulingGates: previous.schedulingGates,
    terminationGracePeriodSeconds: wasNegative ? previous.terminationGracePeriodSeconds : next.terminationGracePeriodSeconds,
  };
}

function withImages(next: readonly Container[], previous: readonly Container[]): Container[] {
  return next.map((container, index) => ({ ...container, image: previous[index]?.image }));
}

/** A deadline may be set or come nearer, but not go away or farther. */
function validateDeadline({ activeDeadlineSeconds: next }: PodSpec, { activeDeadlineSeconds: previous }: PodSpec): FieldError[] {
  const path = "spec.activeDeadlineSeconds";
  if (next === previous) return [];
  if (next === undefined) return [invalidValue(path, next, "must not update from a positive integer to nil value")];
  if (next < 0 || next > 2 ** 31 - 1) return [invalidValue(path, next, "must be between 0 and 2147483647, inclusive")];
  if (previous !== undefined && next > previous) return [invalidValue(path, next, "must be less than or equal to previous value")];
  return [];
}

function validateTolerationChange({ tolerations: next }: PodSpec, { tolerations: previous }: PodSpec): FieldError[] {
  const kept = previous.every((old) => next.some((toleration) => sameValue(withoutSeconds(toleration), withoutSeconds(old))));
  return kept ? [] : [forbiddenField("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds")];
}

function withoutSeconds(toleration: Toleration): Toleration {
  return { ...toleration, tolerationSeconds: undefined };
}

/** What a status write may not do: bring to life a pod that is over, or claim an impossible state. */
export function validatePodStatusUpdate(next: Whole<Pod>, previous: Whole<Pod>): FieldError[] {
  const { phase = "", podIP = "", podIPs } = next.status;
  const errors: FieldError[] = [];
  if (phase !== "" && !phases.includes(phase)) errors.push(unsupported("status.phase", phase, phases));
  const over = previous.status.phase;
  // Unlike Kubernetes: the rule that a finished pod stays finished holds for every writer, not for kubelets by their care.
  if ((over === "Succeeded" || over === "Failed") && phase !== over) {
    errors.push(forbiddenField("status.phase", `may not change once it is ${over}`));
  }
  if (podIP !== "") errors.push(...ipProblems(podIP).map((problem) => invalidValue("status.podIP", podIP, problem)));
  for (const [index, { ip = "" }] of podIPs.entries()) {
    errors.push(...ipProblems(ip).map((problem) => invalidValue(`status.podIPs[${index}].ip`, ip, problem)));
  }
  return errors;
}

/** Seconds that a pod has to end: none when nothing of it can run. */
export function podGraceOnDelete({ spec, status }: Whole<Pod>, requestedSeconds: number | undefined): number {
  if (!spec.nodeName || status.phase === "Succeeded" || status.phase === "Failed") return 0;
  const seconds = requestedSeconds ?? spec.terminationGracePeriodSeconds ?? 0;
  // A negative one means "as short as it gets"; 0 would mean that the pod goes without waiting for its node.
  return seconds < 0 ? 1 : seconds;
}
