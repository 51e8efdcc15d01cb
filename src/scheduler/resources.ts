import { milliOf, quantityNumber } from "../api/values/quantity.js";
import type { Container } from "../gen/howbernetes/core/v1/container.js";
import type { PodSpec } from "../gen/howbernetes/core/v1/pod.js";
import type { Quantity } from "../gen/howbernetes/meta/v1/values.js";

/** What nodes have and pods ask for: cpu in thousandths of a CPU, memory in bytes. */
export type ResourceName = "cpu" | "memory";

/** An amount of each resource. */
export type Resources = Readonly<Record<ResourceName, number>>;

/** The resources that are counted. */
export const resourceNames: readonly ResourceName[] = ["cpu", "memory"];

/** Nothing of any resource. */
export const noResources: Resources = { cpu: 0, memory: 0 };

/** Reads a list of quantities, as a node's allocatable or a container's requests; what is absent is 0. */
export function readResources(quantities: Readonly<Record<string, Quantity>>): Resources {
  return { cpu: milliOf(quantities.cpu), memory: quantityNumber(quantities.memory) };
}

export function addResources(a: Resources, b: Resources): Resources {
  return { cpu: a.cpu + b.cpu, memory: a.memory + b.memory };
}

export function subtractResources(a: Resources, b: Resources): Resources {
  return { cpu: a.cpu - b.cpu, memory: a.memory - b.memory };
}

function larger(a: Resources, b: Resources): Resources {
  return { cpu: Math.max(a.cpu, b.cpu), memory: Math.max(a.memory, b.memory) };
}

const requestsOf = ({ resources }: Container): Resources => (resources === undefined ? noResources : readResources(resources.requests));

/**
 * What a pod takes of its node, by Kubernetes' rule: its containers and sidecars together, or the most that it needs
 * while it initialises if that is more, and its overhead.
 */
export function podRequests(spec: PodSpec): Resources {
  let sidecars = noResources;
  let peak = noResources;
  for (const container of spec.initContainers) {
    if (container.restartPolicy === "Always") sidecars = addResources(sidecars, requestsOf(container));
    else peak = larger(peak, addResources(sidecars, requestsOf(container)));
  }
  const running = spec.containers.map(requestsOf).reduce(addResources, sidecars);
  return addResources(larger(running, peak), readResources(spec.overhead));
}
