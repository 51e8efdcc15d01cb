import { qosClassOf } from "../../api/kinds/pod/quality-of-service.js";
import { quantityNumber } from "../../api/values/quantity.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";

/** Kubernetes' values: the kernel spares what has a lower one. */
const guaranteed = -997;
const bestEffort = 1000;
/** A container that asks for all of the machine's memory still goes before any that is guaranteed its own. */
const leastBurstable = 1000 + guaranteed;

const nodeCritical = "system-node-critical";

/**
 * How readily the kernel is to pick a container when the machine is out of memory: the more of the machine's memory it
 * has asked for, the less, so that whoever uses more than that goes first. Undefined memory is not known.
 */
export function oomScoreAdjustment(spec: PodSpec, container: Container, machineBytes: number | undefined): number {
  if (spec.priorityClassName === nodeCritical) return guaranteed;
  const qos = qosClassOf(spec);
  if (qos !== "Burstable") return qos === "Guaranteed" ? guaranteed : bestEffort;
  const own = burstable(container, machineBytes);
  const isSidecar = container.restartPolicy === "Always" && spec.initContainers.includes(container);
  // A pod loses little by its sidecars: they go no sooner than what they serve.
  return isSidecar ? Math.min(own, ...spec.containers.map((each) => burstable(each, machineBytes))) : own;
}

function burstable({ resources }: Container, machineBytes: number | undefined): number {
  const asked = quantityNumber(resources?.requests.memory);
  if (machineBytes === undefined || asked === 0) return bestEffort - 1;
  const score = 1000 - Math.floor((1000 * asked) / machineBytes);
  return Math.min(Math.max(score, leastBurstable), bestEffort - 1);
}
