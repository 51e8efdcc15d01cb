import { objectFromJson, objectToJson } from "../../src/api/codec/json.js";
import type { JsonObject } from "../../src/api/codec/json-values.js";
import { complete } from "../../src/api/codec/whole.js";
import { podKind } from "../../src/api/kinds/pod/kind.js";
import { keyOf, type Whole } from "../../src/api/object.js";
import { applyOperations } from "../../src/api/patch/json-operations.js";
import { unschedulableTaint } from "../../src/api/scheduling/toleration.js";
import { milliOf, quantityNumber } from "../../src/api/values/quantity.js";
import type { Node } from "../../src/gen/howbernetes/core/v1/node.js";
import { Taint } from "../../src/gen/howbernetes/core/v1/scheduling.js";
import { planTaints } from "../../src/howbectl/nodes/plan-taints.js";
import { parseTaintWords } from "../../src/howbectl/nodes/taint-words.js";
import type { ClusterState } from "../../src/scheduler/cluster/cluster-state.js";
import { type PodInfo, podInfo } from "../../src/scheduler/cluster/pod-info.js";
import type { Remedy, RemedyChange } from "../../src/scheduler/framework/refusal.js";

/** Does to the state, or to the pod, what a remedy says, and no more. @returns the pod as it is then */
export function applyRemedy({ change }: Pick<Remedy, "change">, state: ClusterState, pod: PodInfo): PodInfo {
  switch (change.kind) {
    case "pod":
      return patched(pod, change.patch);
    case "node":
      state.setNode(commanded(nodeOf(state, change.node), change.command));
      return pod;
    case "free":
      state.setNode(withMore(nodeOf(state, change.node), change));
      return pod;
    case "pods":
      for (const { uid, pod: placed } of state.nodes().flatMap(({ pods }) => [...pods.values()])) {
        const { namespace, name } = keyOf(placed);
        if (change.remove.includes(`${namespace}/${name}`)) state.remove(uid);
      }
      return pod;
  }
}

function patched({ pod }: PodInfo, patch: readonly object[]): PodInfo {
  const { object, errors, strictErrors } = objectFromJson(podKind, applyOperations(objectToJson(podKind, pod), patch));
  if (errors.length > 0 || strictErrors.length > 0) throw new Error(JSON.stringify([...errors, ...strictErrors]));
  return podInfo(complete(podKind, object));
}

/** A copy of a node. @throws Error when there is none of that name */
function nodeOf(state: ClusterState, name: string): Whole<Node> {
  const node = state.node(name)?.node;
  if (node === undefined) throw new Error(`there is no node ${name}`);
  return structuredClone(node);
}

/** What a command line of howbectl makes of a node. */
function commanded(node: Whole<Node>, [verb, ...words]: readonly string[]): Whole<Node> {
  if (verb === "uncordon" && words.join() === node.metadata.name) {
    node.spec.unschedulable = undefined;
    // The control plane takes it away with the cordon.
    node.spec.taints = node.spec.taints.filter(({ key }) => key !== unschedulableTaint);
    return node;
  }
  const [type, name, ...pairs] = words;
  if (type !== "node" || name !== node.metadata.name) throw new Error(`not about ${node.metadata.name}: ${words.join(" ")}`);
  if (verb === "label") return labelled(node, pairs);
  if (verb !== "taint") throw new Error(`no command of howbectl: ${verb}`);
  const present = node.spec.taints.map((taint) => ({ ...taint }) as unknown as JsonObject);
  const { taints } = planTaints(name, present, parseTaintWords(words), false);
  node.spec.taints = taints.map((taint) => Taint.fromPartial(taint as object));
  return node;
}

function labelled(node: Whole<Node>, words: readonly string[]): Whole<Node> {
  const { labels } = node.metadata;
  for (const word of words) {
    if (word === "--overwrite") continue;
    const [key = "", value] = word.endsWith("-") ? [word.slice(0, -1)] : word.split("=");
    if (value !== undefined && Object.hasOwn(labels, key) && !words.includes("--overwrite")) {
      throw new Error(`'${key}' already has a value (${labels[key]}), and --overwrite is false`);
    }
    if (value === undefined) delete labels[key];
    else labels[key] = value;
  }
  return node;
}

/** As if so much less of a resource were taken: so much more of it is there. */
function withMore(node: Whole<Node>, { resource, amount }: Extract<RemedyChange, { kind: "free" }>): Whole<Node> {
  const { allocatable } = node.status;
  const before = allocatable[resource];
  allocatable[resource] = {
    string: resource === "cpu" ? `${milliOf(before) + amount}m` : `${quantityNumber(before) + amount}`,
  };
  return node;
}
