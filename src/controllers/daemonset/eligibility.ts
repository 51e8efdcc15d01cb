import type { Whole } from "../../api/object.js";
import { admitsNode } from "../../api/scheduling/node-selection.js";
import { repellingEffects, untoleratedTaint } from "../../api/scheduling/toleration.js";
import type { DaemonSet } from "../../gen/howbernetes/apps/v1/daemonset.js";
import type { Node } from "../../gen/howbernetes/core/v1/node.js";
import type { PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import { daemonSpec } from "./daemon-pod.js";

/** What a node is to a DaemonSet. */
export interface Eligibility {
  /** It should get a pod. */
  readonly shouldRun: boolean;
  /** It may keep the pod that it has. */
  readonly shouldStay: boolean;
}

/** Judges nodes for a DaemonSet; make it once for many nodes. */
export function eligibilityFor(daemonSet: Whole<DaemonSet>): (node: Whole<Node>) => Eligibility {
  const spec = daemonSpec(daemonSet);
  return (node) => eligibility(spec, node);
}

function eligibility(spec: PodSpec, node: Whole<Node>): Eligibility {
  const { nodeName = "", tolerations } = spec;
  const isMeant = nodeName === "" || nodeName === node.metadata.name;
  if (!isMeant || !admitsNode(spec, node)) return { shouldRun: false, shouldStay: false };
  const { taints } = node.spec;
  // Taints that keep new pods away do not drive those away that are there.
  const drives = untoleratedTaint(taints, tolerations, ["NoExecute"]) !== undefined;
  return { shouldRun: untoleratedTaint(taints, tolerations, repellingEffects) === undefined, shouldStay: !drives };
}
