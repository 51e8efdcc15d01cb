import type { Whole } from "../../api/object.js";
import { milliOf } from "../../api/values/quantity.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";

/**
 * How much of a resource each pod requests, in thousandths, by name; with `container`, that container alone.
 * @throws Error when one does not say
 */
export function podRequests(pods: readonly Whole<Pod>[], resource: string, container: string): ReadonlyMap<string, number> {
  return new Map(pods.map((pod) => [pod.metadata.name, requestOf(pod, resource, container)]));
}

function requestOf({ metadata, spec }: Whole<Pod>, resource: string, container: string): number {
  // Of the containers that start first only those go on that are there to serve the others.
  const running: readonly Container[] = [
    ...spec.containers,
    ...spec.initContainers.filter(({ restartPolicy }) => restartPolicy === "Always"),
  ];
  let sum = 0;
  for (const { name = "", resources } of running) {
    if (container !== "" && container !== name) continue;
    const request = resources?.requests[resource];
    if (request === undefined) throw new Error(`missing request for ${resource} in container ${name} of Pod ${metadata.name}`);
    sum += milliOf(request);
  }
  return sum;
}
