import type { Container } from "../../../gen/howbernetes/core/v1/container.js";
import { type Pod, PodSecurityContext, type PodSpec } from "../../../gen/howbernetes/core/v1/pod.js";
import type { Toleration } from "../../../gen/howbernetes/core/v1/scheduling.js";
import type { Whole } from "../../object.js";
import { notReadyTaint, unreachableTaint } from "../../scheduling/toleration.js";
import { applyContainerDefaults } from "./container-defaults.js";
import { applyVolumeDefaults } from "./volume-defaults.js";

const defaultGraceSeconds = 30;

/**
 * How long a pod stays on a node that is not ready or cannot be reached.
 * Unlike Kubernetes: 30 s, not 300 s, for here a broken stream tells within seconds that a node is gone.
 */
const defaultEvictionSeconds = 30;

/** Fills in the defaults of a pod; a template's are fewer, see `applyPodSpecDefaults`. */
export function applyPodDefaults({ spec }: Whole<Pod>): void {
  applyPodSpecDefaults(spec);
  spec.enableServiceLinks ??= true;
  for (const container of [...spec.initContainers, ...spec.containers]) requestLimits(container);
  tolerateNodeConditions(spec);
}

/** Fills in the defaults of a pod's spec, as it also stands in a template. */
export function applyPodSpecDefaults(spec: PodSpec): void {
  spec.restartPolicy ||= "Always";
  spec.dnsPolicy ||= "ClusterFirst";
  spec.schedulerName ||= "default-scheduler";
  spec.terminationGracePeriodSeconds ??= defaultGraceSeconds;
  spec.securityContext ??= PodSecurityContext.fromPartial({});
  for (const container of [...spec.initContainers, ...spec.containers]) applyContainerDefaults(container);
  for (const { ephemeralContainerCommon: common } of spec.ephemeralContainers) if (common !== undefined) applyContainerDefaults(common);
  for (const volume of spec.volumes) applyVolumeDefaults(volume);
  if (spec.hostNetwork === true) publishHostPorts(spec);
}

/** In the host's network, every port of a container is the host's. */
function publishHostPorts({ initContainers, containers }: PodSpec): void {
  for (const port of [...initContainers, ...containers].flatMap(({ ports }) => ports)) port.hostPort ||= port.containerPort;
}

/** What a container is limited to and does not request, it requests in full. */
function requestLimits({ resources }: Container): void {
  if (resources === undefined) return;
  for (const [name, limit] of Object.entries(resources.limits)) {
    resources.requests[name] ??= { ...limit };
  }
}

/** Adds what Kubernetes' DefaultTolerationSeconds admission adds, unless the pod says itself what it tolerates. */
function tolerateNodeConditions(spec: PodSpec): void {
  for (const key of [notReadyTaint, unreachableTaint]) {
    if (spec.tolerations.some((toleration) => toleratesNoExecute(toleration, key))) continue;
    spec.tolerations.push({
      key,
      operator: "Exists",
      value: undefined,
      effect: "NoExecute",
      tolerationSeconds: defaultEvictionSeconds,
    });
  }
}

function toleratesNoExecute({ key, effect }: Toleration, taint: string): boolean {
  return (!key || key === taint) && (!effect || effect === "NoExecute");
}
