import type { Node, NodeSpec } from "../../../gen/howbernetes/core/v1/node.js";
import type { Taint } from "../../../gen/howbernetes/core/v1/scheduling.js";
import type { FieldError } from "../../errors.js";
import type { Whole } from "../../object.js";
import { duplicate, forbiddenField, invalidValue, notHonoured, required, unsupported } from "../../validation/field-error.js";
import { child, element } from "../../validation/field-path.js";
import { labelValueProblems, qualifiedNameProblems } from "../../validation/names.js";
import { cidrProblems } from "../../validation/network.js";
import { validateResourceAmounts } from "../../validation/resource-amounts.js";
import { taintEffects } from "../pod/toleration-validation.js";
import { sameValue } from "../same-value.js";

/** Every error of a node; of its status too, for a node may be registered with it. */
export function validateNode({ spec, status }: Whole<Node>): FieldError[] {
  return [
    ...validateTaints(spec.taints, "spec.taints"),
    ...validatePodNetworks(spec),
    ...(spec.configSource === undefined ? [] : [forbiddenField("spec.configSource", "configSource may not be set")]),
    ...(spec.podPreemptionPolicy === undefined ? [] : [notHonoured("spec.podPreemptionPolicy")]),
    ...validateResourceAmounts(status.capacity, "status.capacity"),
    ...validateResourceAmounts(status.allocatable, "status.allocatable"),
  ];
}

/** What of a node may not change: what its pods and the machine under it rely on. */
export function validateNodeUpdate({ spec: next }: Whole<Node>, { spec: previous }: Whole<Node>): FieldError[] {
  const errors: FieldError[] = [];
  if (previous.podCIDRs.length > 0 && !sameValue(next.podCIDRs, previous.podCIDRs)) {
    errors.push(forbiddenField("spec.podCIDRs", 'node updates may not change podCIDR except from "" to valid'));
  }
  if (previous.providerID && next.providerID !== previous.providerID) {
    errors.push(forbiddenField("spec.providerID", 'node updates may not change providerID except from "" to valid'));
  }
  return errors;
}

/** Every error of a status written. */
export function validateNodeStatusUpdate({ status }: Whole<Node>): FieldError[] {
  const addresses = status.addresses.map(({ type, address }) => `${type}/${address}`);
  return [
    ...validateResourceAmounts(status.capacity, "status.capacity"),
    ...validateResourceAmounts(status.allocatable, "status.allocatable"),
    ...status.addresses.flatMap((address, index) =>
      addresses.indexOf(`${address.type}/${address.address}`) < index ? [duplicate(element("status.addresses", index), address)] : [],
    ),
  ];
}

function validateTaints(taints: readonly Taint[], path: string): FieldError[] {
  const seen = new Set<string>();
  return taints.flatMap((taint, index) => {
    const at = element(path, index);
    const id = `${taint.key}:${taint.effect}`;
    const errors = validateTaint(taint, at);
    if (seen.has(id)) errors.push(duplicate(at, taint, "taints must be unique by key and effect pair"));
    seen.add(id);
    return errors;
  });
}

function validateTaint({ key = "", value = "", effect = "" }: Taint, path: string): FieldError[] {
  const effectPath = child(path, "effect");
  const errors = [
    ...qualifiedNameProblems(key).map((problem) => invalidValue(child(path, "key"), key, problem)),
    ...labelValueProblems(value).map((problem) => invalidValue(child(path, "value"), value, problem)),
  ];
  if (effect === "") errors.push(required(effectPath));
  else if (!taintEffects.includes(effect)) errors.push(unsupported(effectPath, effect, taintEffects));
  return errors;
}

function validatePodNetworks({ podCIDR = "", podCIDRs }: NodeSpec): FieldError[] {
  const path = "spec.podCIDRs";
  const errors = podCIDRs.flatMap((network, index) =>
    cidrProblems(network).map((problem) => invalidValue(element(path, index), network, problem)),
  );
  if (podCIDR !== (podCIDRs[0] ?? "")) errors.push(invalidValue("spec.podCIDR", podCIDR, "must be the first of `podCIDRs`"));
  return errors;
}
