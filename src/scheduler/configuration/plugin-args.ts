import { messageFromJson } from "../../api/codec/json.js";
import { validateNodeAffinity } from "../../api/kinds/pod/node-affinity-validation.js";
import { validateTopologySpread } from "../../api/kinds/pod/topology-spread-validation.js";
import { forbiddenField, invalidValue } from "../../api/validation/field-error.js";
import { child, element } from "../../api/validation/field-path.js";
import { validateLabelKey } from "../../api/validation/labels.js";
import type { NodeAffinity, TopologySpreadConstraint } from "../../gen/howbernetes/core/v1/scheduling.js";
import { defaultAffinityArgs } from "../plugins/inter-pod-affinity.js";
import type { InterPodAffinityArgs } from "../plugins/inter-pod-affinity-score.js";
import type { NodeAffinityArgs } from "../plugins/node-affinity.js";
import type { NodeResourcesBalancedAllocationArgs } from "../plugins/node-resources-balanced-allocation.js";
import type { NodeResourcesFitArgs } from "../plugins/node-resources-fit.js";
import { systemSpreading } from "../plugins/pod-topology-spread.js";
import type { PodTopologySpreadArgs } from "../plugins/pod-topology-spread-constraints.js";
import { type DefaultPreemptionArgs, defaultPreemptionArgs } from "../preemption/default-preemption.js";
import type { FieldReader } from "./field-reader.js";
import { readResources, readStrategy } from "./read-strategy.js";

/** How a profile's plugins are to work. */
export interface PluginArgs {
  readonly fit: NodeResourcesFitArgs;
  readonly balance: NodeResourcesBalancedAllocationArgs;
  readonly spread: PodTopologySpreadArgs;
  readonly podAffinity: InterPodAffinityArgs;
  readonly nodeAffinity: NodeAffinityArgs;
  readonly preemption: DefaultPreemptionArgs;
}

/** Kubernetes' own. */
export const defaultPluginArgs: PluginArgs = {
  fit: {},
  balance: {},
  spread: systemSpreading,
  podAffinity: defaultAffinityArgs,
  nodeAffinity: {},
  preemption: defaultPreemptionArgs,
};

/** What reads a plugin's arguments, by its name. */
const readers: Readonly<Record<string, (args: FieldReader) => Partial<PluginArgs>>> = {
  NodeResourcesFit: (args) => ({ fit: readFit(args) }),
  NodeResourcesBalancedAllocation: (args) => ({ balance: readBalance(args) }),
  PodTopologySpread: (args) => ({ spread: readSpread(args) }),
  InterPodAffinity: (args) => ({ podAffinity: readPodAffinity(args) }),
  NodeAffinity: (args) => ({ nodeAffinity: readNodeAffinity(args) }),
  DefaultPreemption: (args) => ({ preemption: readPreemption(args) }),
};

/** Reads `pluginConfig`. */
export function readPluginConfig(items: readonly FieldReader[]): PluginArgs {
  let read = defaultPluginArgs;
  const seen = new Set<string>();
  for (const item of items) {
    const name = item.text("name");
    if (seen.has(name)) item.repeated("name", name);
    seen.add(name);
    const reader = Object.hasOwn(readers, name) ? readers[name] : undefined;
    if (reader === undefined) item.wrong("name", name, `must be a plugin that takes arguments: ${Object.keys(readers).join(", ")}`);
    else read = { ...read, ...readArgs(item.object("args"), name, reader) };
    if (reader !== undefined) item.end();
  }
  return read;
}

function readArgs(args: FieldReader, name: string, read: (args: FieldReader) => Partial<PluginArgs>): Partial<PluginArgs> {
  const kind = args.text("kind", `${name}Args`);
  if (kind !== `${name}Args`) args.wrong("kind", kind, `must be ${name}Args`);
  // Of which version they are, the configuration has said.
  args.text("apiVersion");
  const found = read(args);
  args.end();
  return found;
}

function readFit(args: FieldReader): NodeResourcesFitArgs {
  const ignoredResources = args.texts("ignoredResources");
  const ignoredResourceGroups = args.texts("ignoredResourceGroups");
  for (const [index, name] of ignoredResources.entries()) {
    args.errors.push(...validateLabelKey(name, element(args.at("ignoredResources"), index)));
  }
  for (const [index, group] of ignoredResourceGroups.entries()) {
    const at = element(args.at("ignoredResourceGroups"), index);
    if (group.includes("/")) args.errors.push(invalidValue(at, group, "resource group name can't contain '/'"));
    else args.errors.push(...validateLabelKey(group, at));
  }
  const strategy = args.has("scoringStrategy") ? readStrategy(args.object("scoringStrategy")) : undefined;
  return { strategy, ignoredResources, ignoredResourceGroups };
}

function readBalance(args: FieldReader): NodeResourcesBalancedAllocationArgs {
  if (!args.has("resources")) return {};
  const items = args.objects("resources");
  const seen = new Set<string>();
  for (const item of items) {
    const name = item.text("name");
    if (seen.has(name)) item.repeated("name", name);
    seen.add(name);
  }
  return { resources: readResources(items, (weight) => weight === 1, "must be 1") };
}

function readSpread(args: FieldReader): PodTopologySpreadArgs {
  const isList = args.has("defaultConstraints");
  const path = args.at("defaultConstraints");
  const items = args.objects("defaultConstraints");
  const constraints = items.flatMap((_item, index) => {
    const json = (args.json("defaultConstraints") as readonly never[])[index];
    return readMessage<TopologySpreadConstraint>(args, "howbernetes.core.v1.TopologySpreadConstraint", json, element(path, index));
  });
  args.errors.push(...validateTopologySpread(constraints, path));
  for (const [index, { labelSelector }] of constraints.entries()) {
    const at = child(element(path, index), "labelSelector");
    if (labelSelector !== undefined) {
      args.errors.push(forbiddenField(at, "constraint must not define a selector, as they deduced for each pod"));
    }
  }
  const type = args.text("defaultingType", "System");
  if (type !== "System" && type !== "List") args.wrong("defaultingType", type, 'must be "System" or "List"');
  if (type === "System" && isList && items.length > 0) args.wrong("defaultingType", type, "when .defaultConstraints are not empty");
  return { defaultingType: type === "List" ? "List" : "System", defaultConstraints: constraints };
}

function readPodAffinity(args: FieldReader): InterPodAffinityArgs {
  const isWeight = (weight: number): boolean => weight >= 0 && weight <= 100;
  return {
    hardPodAffinityWeight: args.whole(
      "hardPodAffinityWeight",
      defaultAffinityArgs.hardPodAffinityWeight,
      isWeight,
      "not in valid range [0, 100]",
    ),
    ignorePreferredTermsOfExistingPods: args.flag("ignorePreferredTermsOfExistingPods", false),
  };
}

function readNodeAffinity(args: FieldReader): NodeAffinityArgs {
  if (!args.has("addedAffinity")) return {};
  const path = args.at("addedAffinity");
  args.object("addedAffinity");
  const [addedAffinity] = readMessage<NodeAffinity>(args, "howbernetes.core.v1.NodeAffinity", args.json("addedAffinity") as never, path);
  if (addedAffinity === undefined) return {};
  args.errors.push(...validateNodeAffinity(addedAffinity, path));
  return { addedAffinity };
}

function readPreemption(args: FieldReader): DefaultPreemptionArgs {
  const { minCandidateNodesPercentage: percentage, minCandidateNodesAbsolute: absolute } = defaultPreemptionArgs;
  const isPercentage = (value: number): boolean => value >= 0 && value <= 100;
  const read = {
    minCandidateNodesPercentage: args.whole("minCandidateNodesPercentage", percentage, isPercentage, "not in valid range [0, 100]"),
    minCandidateNodesAbsolute: args.whole("minCandidateNodesAbsolute", absolute, (value) => value >= 0, "not in valid range [0, inf)"),
  };
  if (read.minCandidateNodesPercentage === 0 && read.minCandidateNodesAbsolute === 0) {
    args.wrong("minCandidateNodesPercentage", 0, "cannot be zero at the same time as minCandidateNodesAbsolute");
    args.wrong("minCandidateNodesAbsolute", 0, "cannot be zero at the same time as minCandidateNodesPercentage");
  }
  return read;
}

/** A message of the API within a configuration; none when it is not one. */
function readMessage<M>(args: FieldReader, typeName: string, json: Parameters<typeof messageFromJson>[1] | undefined, path: string): M[] {
  if (typeof json !== "object") return [];
  const { message, errors, unknown } = messageFromJson(typeName, json);
  const within = (inner: string): string => (inner === "" ? path : `${path}.${inner}`);
  args.errors.push(...errors.map((error) => ({ ...error, path: within(error.path) })));
  args.errors.push(...unknown.map((name) => ({ path: within(name), reason: "FieldValueNotSupported" as const, message: "unknown field" })));
  return errors.length === 0 ? [message as M] : [];
}
