import { qosClassOf } from "../../api/kinds/pod/quality-of-service.js";
import type { Whole } from "../../api/object.js";
import { podHostPorts, portsConflict } from "../../api/scheduling/host-ports.js";
import { admitsNode } from "../../api/scheduling/node-selection.js";
import { podAmounts } from "../../api/scheduling/pod-amounts.js";
import { isExtendedResource } from "../../api/validation/resource-names.js";
import type { Amounts } from "../../api/values/amounts.js";
import { milliOf, quantityNumber } from "../../api/values/quantity.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { Pod } from "../../gen/howbernetes/core/v1/pod.js";
import type { PodFailure } from "../pods/pod-life.js";
import { isCritical } from "../pressure/plan-eviction.js";
import { type PressureConditionType, pressureConditionTypes } from "../pressure/pressure-conditions.js";

/** What a pod is admitted to. */
export interface AdmissionInput {
  readonly pod: Whole<Pod>;
  /** The node's other pods that take of it. */
  readonly others: readonly Whole<Pod>[];
  readonly allocatable: Amounts;
  /** The Node as the api-server has it; undefined when it is not known, or the pod does not care. */
  readonly node: Whole<Node> | undefined;
  readonly pressures: ReadonlySet<PressureConditionType>;
}

/**
 * Why a pod is not taken in, in Kubernetes' words; undefined when it is. Whoever bound it may not have known of a pod
 * that came at the same time, or may have asked nobody.
 */
export function planAdmission(input: AdmissionInput): PodFailure | undefined {
  const [shortage] = shortages(input);
  return pressureRefusal(input) ?? (shortage === undefined ? undefined : outOf(shortage)) ?? predicateRefusal(input);
}

/** Why a pod is not taken in that all it asks for could be freed for; undefined when nothing else is in the way. */
export function refusalBeyondResources(input: AdmissionInput): PodFailure | undefined {
  return pressureRefusal(input) ?? predicateRefusal(input);
}

type Refusal = Pick<PodFailure, "reason" | "message">;

/** A node that is short of something takes nobody whom it would have to evict first. */
function pressureRefusal({ pod, pressures }: AdmissionInput): Refusal | undefined {
  if (pressures.size === 0 || isCritical(pod)) return undefined;
  const isOnlyMemory = pressures.size === 1 && pressures.has("MemoryPressure");
  if (isOnlyMemory && (qosClassOf(pod.spec) !== "BestEffort" || toleratesMemoryPressure(pod))) return undefined;
  const all = pressureConditionTypes.filter((type) => pressures.has(type)).join(" ");
  return { reason: "Evicted", message: `The node had condition: [${all}]. ` };
}

function toleratesMemoryPressure({ spec }: Whole<Pod>): boolean {
  return spec.tolerations.some(
    ({ key = "", operator = "", effect = "" }) =>
      (key === "node.kubernetes.io/memory-pressure" || (key === "" && operator === "Exists")) && (effect === "" || effect === "NoSchedule"),
  );
}

/** Of what a pod asks for there is too little left, in the units that Kubernetes counts and prints: thousandths of processors, bytes. */
export interface Shortage {
  readonly resource: string;
  readonly requested: number;
  readonly used: number;
  readonly capacity: number;
}

/** What a pod requests of a resource; of "pods" it is one. */
export function requestOf({ spec }: Whole<Pod>, resource: string): number {
  return resource === "pods" ? 1 : amountOf(podAmounts(spec, "requests"), resource);
}

const countedResources: readonly string[] = ["pods", "cpu", "memory", "ephemeral-storage"];

function amountOf(amounts: Amounts, resource: string): number {
  return resource === "cpu" ? milliOf(amounts.cpu) : Math.ceil(quantityNumber(amounts[resource]));
}

/** Of what there is too little left for a pod. */
export function shortages({ pod, others, allocatable: machine, node }: AdmissionInput): readonly Shortage[] {
  // What administrators say that the node has, the machine knows nothing of.
  const allocatable = { ...node?.status.allocatable, ...machine };
  const extended = Object.keys(podAmounts(pod.spec, "requests")).filter(isExtendedResource);
  return [...countedResources, ...extended].flatMap((resource): Shortage[] => {
    const requested = requestOf(pod, resource);
    // What nobody can count, nobody runs out of.
    if (requested === 0 || (resource !== "pods" && allocatable[resource] === undefined)) return [];
    const used = others.reduce((sum, other) => sum + requestOf(other, resource), 0);
    const capacity = amountOf(allocatable, resource);
    return requested > capacity - used ? [{ resource, requested, used, capacity }] : [];
  });
}

function outOf({ resource, requested, used, capacity }: Shortage): Refusal {
  const message = `Node didn't have enough resource: ${resource}, requested: ${requested}, used: ${used}, capacity: ${capacity}`;
  return { reason: `OutOf${resource}`, message };
}

function predicateRefusal({ pod, others, node }: AdmissionInput): Refusal | undefined {
  if (node !== undefined && !admitsNode(pod.spec, node)) return failed("NodeAffinity", "node(s) didn't match Pod's node affinity/selector");
  const taken = others.flatMap(({ spec }) => podHostPorts(spec));
  if (podHostPorts(pod.spec).some((wanted) => taken.some((used) => portsConflict(wanted, used))))
    return failed("NodePorts", "node(s) didn't have free ports for the requested pod ports");
  return undefined;
}

const failed = (reason: string, message: string): Refusal => ({ reason, message: `Predicate ${reason} failed: ${message}` });

/** Whether it matters which node it is, so that the Node must be known. */
export function caresForNode({ spec }: Whole<Pod>): boolean {
  const asksForExtended = Object.keys(podAmounts(spec, "requests")).some(isExtendedResource);
  return asksForExtended || Object.keys(spec.nodeSelector).length > 0 || spec.affinity?.nodeAffinity !== undefined;
}
