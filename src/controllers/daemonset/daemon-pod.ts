import { daemonSetKind } from "../../api/kinds/daemonset/kind.js";
import type { Whole } from "../../api/object.js";
import { nodeNameField } from "../../api/scheduling/node-selection.js";
import { notReadyTaint, unreachableTaint, unschedulableTaint } from "../../api/scheduling/toleration.js";
import type { DaemonSet } from "../../gen/howbernetes/apps/v1/daemonset.js";
import { type Pod, PodSpec } from "../../gen/howbernetes/core/v1/pod.js";
import { Affinity, type Toleration } from "../../gen/howbernetes/core/v1/scheduling.js";
import { podFromTemplate } from "../pods/pod-from-template.js";

/** The label by which a DaemonSet's pods are told apart by the template that they were made from. */
export const revisionHashLabel = "controller-revision-hash";
/** The older way to tell that; kept because tools look at it. */
const templateGenerationLabel = "pod-template-generation";
const templateGenerationAnnotation = "deprecated.daemonset.template.generation";

/** The template's pods as they are made: a daemon stays on a node through what drives other pods away. */
export function daemonSpec({ spec }: Whole<DaemonSet>): PodSpec {
  const made = spec.template?.spec ?? PodSpec.fromPartial({});
  const missing = daemonTolerations(made.hostNetwork === true).filter(
    (toleration) => !made.tolerations.some((each) => isSame(each, toleration)),
  );
  return { ...made, tolerations: [...made.tolerations, ...missing] };
}

/** The pod of a DaemonSet for a node, yet without a name. The scheduler binds it, to that node and no other. */
export function daemonPod(daemonSet: Whole<DaemonSet>, nodeName: string, hash: string): Whole<Pod> {
  const pod = podFromTemplate(daemonSetKind, daemonSet, daemonSet.spec.template);
  const generation = daemonSet.metadata.annotations[templateGenerationAnnotation];
  const labels = {
    ...pod.metadata.labels,
    [revisionHashLabel]: hash,
    ...(generation === undefined ? {} : { [templateGenerationLabel]: generation }),
  };
  const spec = daemonSpec(daemonSet);
  return { ...pod, metadata: { ...pod.metadata, labels }, spec: { ...spec, affinity: boundTo(nodeName, spec.affinity) } };
}

/** The node that a daemon pod is on, or is meant for; "" when it says none. */
export function targetNode({ spec }: Whole<Pod>): string {
  if (spec.nodeName !== undefined && spec.nodeName !== "") return spec.nodeName;
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const fields = required?.nodeSelectorTerms.flatMap(({ matchFields }) => matchFields) ?? [];
  return fields.find(({ key, operator }) => key === nodeNameField && operator === "In")?.values[0] ?? "";
}

/** What was required of nodes before has chosen this one, and is said no more. */
function boundTo(nodeName: string, affinity: Affinity = Affinity.fromPartial({})): Affinity {
  const preferred = affinity.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  const term = { matchExpressions: [], matchFields: [{ key: nodeNameField, operator: "In", values: [nodeName] }] };
  return {
    ...affinity,
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] },
      preferredDuringSchedulingIgnoredDuringExecution: preferred,
    },
  };
}

/** Kubernetes' list. A node that is short of something, cordoned or out of reach keeps its daemon: it may be the one that mends it. */
function daemonTolerations(usesHostNetwork: boolean): readonly Toleration[] {
  const exists = (key: string, effect: string): Toleration => ({ key, operator: "Exists", effect });
  return [
    exists(notReadyTaint, "NoExecute"),
    exists(unreachableTaint, "NoExecute"),
    exists("node.kubernetes.io/disk-pressure", "NoSchedule"),
    exists("node.kubernetes.io/memory-pressure", "NoSchedule"),
    exists("node.kubernetes.io/pid-pressure", "NoSchedule"),
    exists(unschedulableTaint, "NoSchedule"),
    ...(usesHostNetwork ? [exists("node.kubernetes.io/network-unavailable", "NoSchedule")] : []),
  ];
}

function isSame(a: Toleration, b: Toleration): boolean {
  return a.key === b.key && a.operator === b.operator && a.effect === b.effect && a.tolerationSeconds === undefined;
}
