import { milliOf, quantityNumber } from "../../api/values/quantity.js";
import type { Container } from "../../gen/howbernetes/core/v1/container.js";
import type { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import type { Quantity } from "../../gen/howbernetes/meta/v1/values.js";

/** An amount of each resource that nodes have and pods ask for. */
export interface Resources {
  /** Thousandths of a CPU. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  /** Bytes. */
  readonly ephemeralStorage: number;
  /** Resources that only some nodes have, as "example.com/gpu": whole numbers. Absent when there are none. */
  readonly extended: ReadonlyMap<string, number> | undefined;
}

/** Nothing of any resource. */
export const noResources: Resources = { cpu: 0, memory: 0, ephemeralStorage: 0, extended: undefined };

type Quantities = Readonly<Record<string, Quantity>>;

/** The resources that every node has, under Kubernetes' names; "pods" is counted apart. */
const ownNames: ReadonlySet<string> = new Set(["cpu", "memory", "ephemeral-storage", "pods"]);

/** Reads a list of quantities, as a node's allocatable or a container's requests; what is absent is 0. */
export function readResources(quantities: Quantities): Resources {
  let extended: Map<string, number> | undefined;
  for (const [name, quantity] of Object.entries(quantities)) {
    if (ownNames.has(name)) continue;
    extended ??= new Map();
    extended.set(name, quantityNumber(quantity));
  }
  return {
    cpu: milliOf(quantities.cpu),
    memory: quantityNumber(quantities.memory),
    ephemeralStorage: quantityNumber(quantities["ephemeral-storage"]),
    extended,
  };
}

/** So much of a resource, by Kubernetes' name for it. */
export function amountOf(resources: Resources, name: string): number {
  if (name === "cpu") return resources.cpu;
  if (name === "memory") return resources.memory;
  if (name === "ephemeral-storage") return resources.ephemeralStorage;
  return resources.extended?.get(name) ?? 0;
}

/** The names of the resources of which there is some. */
export function namesOf(resources: Resources): readonly string[] {
  const own = ["cpu", "memory", "ephemeral-storage"].filter((name) => amountOf(resources, name) > 0);
  return resources.extended === undefined
    ? own
    : [...own, ...[...resources.extended].filter(([, amount]) => amount > 0).map(([name]) => name)];
}

const plus = (x: number, y: number): number => x + y;
const minus = (x: number, y: number): number => x - y;

export function addResources(a: Resources, b: Resources): Resources {
  return {
    cpu: a.cpu + b.cpu,
    memory: a.memory + b.memory,
    ephemeralStorage: a.ephemeralStorage + b.ephemeralStorage,
    extended: combineExtended(a.extended, b.extended, plus),
  };
}

export function subtractResources(a: Resources, b: Resources): Resources {
  return {
    cpu: a.cpu - b.cpu,
    memory: a.memory - b.memory,
    ephemeralStorage: a.ephemeralStorage - b.ephemeralStorage,
    extended: combineExtended(a.extended, b.extended, minus),
  };
}

function combine(a: Resources, b: Resources, each: (x: number, y: number) => number): Resources {
  return {
    cpu: each(a.cpu, b.cpu),
    memory: each(a.memory, b.memory),
    ephemeralStorage: each(a.ephemeralStorage, b.ephemeralStorage),
    extended: combineExtended(a.extended, b.extended, each),
  };
}

function combineExtended(
  a: Resources["extended"],
  b: Resources["extended"],
  each: (x: number, y: number) => number,
): Resources["extended"] {
  if (a === undefined && b === undefined) return undefined;
  const names = new Set([...(a?.keys() ?? []), ...(b?.keys() ?? [])]);
  return new Map([...names].map((name) => [name, each(a?.get(name) ?? 0, b?.get(name) ?? 0)]));
}

/** What one container asks for. */
export const containerRequests = ({ resources }: Container): Resources =>
  resources === undefined ? noResources : readResources(resources.requests);

/**
 * What a pod takes of its node, by Kubernetes' rule: its containers and sidecars together, or the most that it needs
 * while it initialises if that is more, and its overhead. `of` says what one container takes.
 */
export function podRequests(spec: PodSpec, of: (container: Container) => Resources = containerRequests): Resources {
  let sidecars = noResources;
  let peak = noResources;
  for (const container of spec.initContainers) {
    if (container.restartPolicy === "Always") sidecars = addResources(sidecars, of(container));
    else peak = combine(peak, addResources(sidecars, of(container)), Math.max);
  }
  const running = spec.containers.map((container) => of(container)).reduce(addResources, sidecars);
  return addResources(combine(running, peak, Math.max), readResources(spec.overhead));
}

// Kubernetes': what a container that asks for none is taken to use when nodes are compared, never when they are filtered.
const assumedCpu = 100;
const assumedMemory = 200 * 1024 * 1024;

/** What a pod is taken to use when nodes are compared: as `podRequests`, where a container that does not say asks for a little. */
export function assumedRequests(spec: PodSpec): Resources {
  return podRequests(spec, (container) => {
    const requests = containerRequests(container);
    return {
      ...requests,
      cpu: container.resources?.requests.cpu === undefined ? assumedCpu : requests.cpu,
      memory: container.resources?.requests.memory === undefined ? assumedMemory : requests.memory,
    };
  });
}
