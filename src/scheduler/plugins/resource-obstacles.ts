import type { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import type { NodeInfo } from "../cluster/cluster-view.js";
import type { PodInfo } from "../cluster/pod-info.js";
import { amountOf, containerRequests, podRequests } from "../cluster/resources.js";
import { jsonPointer } from "../framework/json-pointer.js";
import type { Obstacle, Remedy, SpecChange } from "../framework/refusal.js";
import { amountText, type Rounding } from "./amount-text.js";

/** Kubernetes' words for what a node lacks. */
export const tooManyPods = "Too many pods";
export const insufficient = (resource: string): string => `Insufficient ${resource}`;

/** A pod beside a node that may lack some of what it asks for. */
export interface Fitting {
  /** The plugin's name. */
  readonly plugin: string;
  readonly pod: PodInfo;
  readonly node: NodeInfo;
  /** What is looked at of what the pod asks for. */
  readonly resources: readonly string[];
}

/** What a node lacks for a pod, in numbers, with what would free so much or need so little. */
export function resourceObstacles({ plugin, pod, node, resources }: Fitting): readonly Obstacle[] {
  const obstacles: Obstacle[] = [];
  if (node.podCount >= node.maxPods) obstacles.push({ plugin, reason: tooManyPods, ...crowding(node) });
  for (const resource of resources) {
    const wanted = amountOf(pod.requests, resource);
    const all = amountOf(node.allocatable, resource);
    const free = all - amountOf(node.requested, resource);
    if (wanted <= free) continue;
    const detail = `asks for ${amountOfText(resource, wanted, "up")}, ${freeText(resource, free, all)}`;
    // Whoever leaves the node, it is too small.
    const more = wanted > all ? [] : [freeing(node.name, resource, wanted - free)];
    obstacles.push({ plugin, reason: insufficient(resource), detail, remedies: [...more, ...askingForLess(pod, resource, free)] });
  }
  return obstacles;
}

function crowding({ name, podCount, maxPods }: NodeInfo): Pick<Obstacle, "detail" | "remedies"> {
  const excess = podCount + 1 - maxPods;
  const detail = `it has ${podCount} ${podCount === 1 ? "pod" : "pods"} and takes no more than ${maxPods}`;
  if (maxPods === 0) return { detail, remedies: [] };
  const text = `remove ${excess === 1 ? "one pod" : `${excess} pods`} from ${name}`;
  return { detail, remedies: [{ text, change: { kind: "free", node: name, resource: "pods", amount: excess } }] };
}

const amountOfText = (resource: string, amount: number, rounding: Rounding): string =>
  `${amountText(resource, amount, rounding)} of ${resource}`;

function freeText(resource: string, free: number, all: number): string {
  const of = amountText(resource, all, "down");
  if (free < 0) return `${amountText(resource, -free, "down")} more than the ${of} there are is taken`;
  if (all === 0) return "it has none";
  return `${free === 0 ? "nothing" : amountText(resource, free, "down")} of ${of} is free`;
}

const freeing = (node: string, resource: string, amount: number): Remedy => ({
  text: `free ${amountOfText(resource, amount, "up")} on ${node}`,
  change: { kind: "free", node, resource, amount },
});

interface Place {
  readonly list: "containers" | "initContainers";
  readonly index: number;
}

/** The pod's template may ask for as much as is free: in the one container where that is enough, the greediest first. */
function askingForLess({ pod, requests }: PodInfo, resource: string, free: number): readonly Remedy[] {
  const { spec } = pod;
  const excess = amountOf(requests, resource) - free;
  const places = (["containers", "initContainers"] as const)
    .flatMap((list) => spec[list].map((_, index): Place => ({ list, index })))
    .map((place) => ({ place, amount: requestAt(spec, place, resource) }))
    .sort((a, b) => b.amount - a.amount);
  for (const { place, amount } of places) {
    const text = amountText(resource, amount - excess, "down");
    if (amount <= excess || text === "0") continue;
    const lower = withRequest(spec, place, resource, text);
    if (amountOf(podRequests(lower), resource) > free) continue;
    return [
      {
        text: `ask for ${text} of ${resource} or less${whereText(spec, place)}`,
        change: { kind: "pod", patch: patchOf(spec, place, resource, text), less: { resource, amount: excess } },
      },
    ];
  }
  return [];
}

function requestAt(spec: PodSpec, { list, index }: Place, resource: string): number {
  const container = spec[list][index];
  return container === undefined ? 0 : amountOf(containerRequests(container), resource);
}

function withRequest(spec: PodSpec, { list, index }: Place, resource: string, text: string): PodSpec {
  const containers = spec[list].map((container, at) => {
    const { resources } = container;
    if (at !== index || resources === undefined) return container;
    return { ...container, resources: { ...resources, requests: { ...resources.requests, [resource]: { string: text } } } };
  });
  return { ...spec, [list]: containers };
}

function whereText({ containers, initContainers }: PodSpec, { list, index }: Place): string {
  const isOnly = list === "containers" && containers.length === 1 && initContainers.length === 0;
  return isOnly ? "" : ` in container ${{ containers, initContainers }[list][index]?.name ?? ""}`;
}

function patchOf(spec: PodSpec, { list, index }: Place, resource: string, text: string): readonly SpecChange[] {
  const at = (side: string): SpecChange => ({
    op: "replace",
    path: jsonPointer("spec", list, index, "resources", side, resource),
    value: text,
  });
  const limits = spec[list][index]?.resources?.limits ?? {};
  // Extended resources must be limited to what is requested.
  return resource.includes("/") && limits[resource] !== undefined ? [at("requests"), at("limits")] : [at("requests")];
}
