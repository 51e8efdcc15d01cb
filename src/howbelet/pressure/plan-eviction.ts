import type { Whole } from "../../api/object.js";
import { podAmounts } from "../../api/scheduling/pod-amounts.js";
import { quantityNumber } from "../../api/values/quantity.js";
import { unreachable } from "../../base/invariant.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodFailure } from "../pods/pod-life.js";
import { type EvictionSignal, formatAmount, formatThreshold } from "./eviction-thresholds.js";
import type { MetThreshold } from "./observe-machine.js";
import { memoryOf, type PodConsumption, pidsOf, storageOf } from "./pod-consumption.js";

/** From here on a pod is the system's own, and goes last of all: never. */
export const criticalPriority = 2_000_000_000;

/** As in Kubernetes: what is killed at once may leave its files broken, and a second costs nothing more. */
export const evictionGraceSeconds = 1;

/** What pods are chosen by, by Kubernetes' names. */
export type StarvedResource = "memory" | "ephemeral-storage" | "inodes" | "pids";

/** A pod that is to go, and why. */
export interface Eviction {
  readonly pod: Whole<Pod>;
  readonly failure: PodFailure;
}

/** What there is too little of where a threshold is crossed. */
export function starvedResource(signal: EvictionSignal): StarvedResource {
  switch (signal) {
    case "memory.available":
      return "memory";
    case "nodefs.available":
    case "imagefs.available":
      return "ephemeral-storage";
    case "nodefs.inodesFree":
    case "imagefs.inodesFree":
      return "inodes";
    case "pid.available":
      return "pids";
    default:
      return unreachable(signal);
  }
}

/**
 * Which pod goes first where a threshold is crossed, by Kubernetes' order: those that use more than they requested before
 * all others, then by priority, then by how much more. Of processes nothing can be requested. Undefined when there is none.
 *
 * Unlike Kubernetes: where inodes are short, pods go by the bytes they have written, since nobody counts their files.
 */
export function planEviction(met: MetThreshold, pods: readonly PodConsumption[]): Eviction | undefined {
  const resource = starvedResource(met.threshold.signal);
  const [victim] = pods.filter(({ pod }) => !isCritical(pod)).sort((a, b) => compare(a, b, resource));
  if (victim === undefined) return undefined;
  const message = evictionMessage(met, resource, victim);
  return { pod: victim.pod, failure: { reason: "Evicted", message, graceSeconds: evictionGraceSeconds, isDisruption: true } };
}

/** Whether a pod is the system's own. */
export function isCritical({ spec }: Whole<Pod>): boolean {
  return (spec.priority ?? 0) >= criticalPriority;
}

function compare(a: PodConsumption, b: PodConsumption, resource: StarvedResource): number {
  const [left, right] = [overRequest(a, resource), overRequest(b, resource)];
  const exceeds = resource === "pids" ? 0 : Number(right > 0) - Number(left > 0);
  return exceeds || priorityOf(a) - priorityOf(b) || right - left;
}

const priorityOf = ({ pod }: PodConsumption): number => pod.spec.priority ?? 0;

function overRequest(consumption: PodConsumption, resource: StarvedResource): number {
  const requests = podAmounts(consumption.pod.spec, "requests");
  switch (resource) {
    case "memory":
      return memoryOf(consumption) - quantityNumber(requests.memory);
    case "ephemeral-storage":
    case "inodes":
      return storageOf(consumption) - quantityNumber(requests["ephemeral-storage"]);
    case "pids":
      return pidsOf(consumption);
    default:
      return unreachable(resource);
  }
}

/** In Kubernetes' words. */
function evictionMessage({ threshold, observation }: MetThreshold, resource: StarvedResource, victim: PodConsumption): string {
  const node = `The node was low on resource: ${resource}. `;
  const bounds = `Threshold quantity: ${formatThreshold(threshold)}, available: ${formatAmount(observation.available)}. `;
  return `${node}${bounds}${greedyContainers(resource, victim)}`;
}

function greedyContainers(resource: StarvedResource, { pod, containers }: PodConsumption): string {
  if (resource !== "memory" && resource !== "ephemeral-storage") return "";
  const all = [...pod.spec.initContainers, ...pod.spec.containers];
  const sentences = all.map(({ name = "", resources }) => {
    const consumption = containers.get(name);
    if (consumption === undefined) return "";
    const used = resource === "memory" ? consumption.memoryBytes : consumption.storageBytes;
    const request = resources?.requests[resource];
    if (used <= quantityNumber(request)) return "";
    const asked = request?.string ?? "0";
    return `Container ${name} was using ${formatAmount(used)}, request is ${asked}, has larger consumption of ${resource}. `;
  });
  return sentences.join("");
}
