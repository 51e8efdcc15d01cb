import { disruptionTargetType, terminationByNode } from "../../api/kinds/pod/disruption-target.js";
import type { PodCondition, PodStatus } from "../../gen/howbernetes/core/v1/pod_status.js";
import { mergeConditions } from "./conditions.js";

// The others are the scheduler's (PodScheduled), the controllers' or a readiness gate's.
const nodeConditionTypes: ReadonlySet<string | undefined> = new Set([
  "PodReadyToStartContainers",
  "Initialized",
  "ContainersReady",
  "Ready",
]);

/** Of a disruption a node tells no more than that it is its own. */
const isNodes = ({ type, reason }: PodCondition): boolean =>
  nodeConditionTypes.has(type) || (type === disruptionTargetType && reason === terminationByNode);

const finalPhases: ReadonlySet<string | undefined> = new Set(["Succeeded", "Failed"]);

/**
 * A pod's status once its node has reported: only what a node owns is taken over, conditions by type. A pod that has
 * Succeeded or Failed stays so, with its reason and conditions, whatever its containers may still do.
 */
export function mergePodStatus(current: PodStatus, reported: PodStatus, nowMs: number): PodStatus {
  const isFinal = finalPhases.has(current.phase);
  const isRevival = isFinal && reported.phase !== current.phase;
  const { phase, reason, message } = isFinal ? current : reported;
  const conditions = isRevival ? [] : reported.conditions.filter(isNodes);

  return {
    ...current,
    phase: phase ?? current.phase,
    reason,
    message,
    conditions: mergeConditions(current.conditions, conditions, nowMs),
    hostIP: reported.hostIP ?? current.hostIP,
    hostIPs: reported.hostIPs.length > 0 ? reported.hostIPs : current.hostIPs,
    podIP: reported.podIP,
    podIPs: reported.podIPs,
    // Kubernetes' meaning: when the node first took notice; later reports can't move it.
    startTime: current.startTime ?? reported.startTime,
    containerStatuses: reported.containerStatuses,
    initContainerStatuses: reported.initContainerStatuses,
    ephemeralContainerStatuses: reported.ephemeralContainerStatuses,
    observedGeneration: reported.observedGeneration ?? current.observedGeneration,
  };
}
