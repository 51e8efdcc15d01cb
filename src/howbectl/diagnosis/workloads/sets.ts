import type { Whole } from "../../../api/object.js";
import { admitsNode } from "../../../api/scheduling/node-selection.js";
import { repellingEffects, tolerates, unschedulableTaint } from "../../../api/scheduling/toleration.js";
import type { DaemonSet } from "../../../gen/howbernetes/apps/v1/daemonset.js";
import type { ReplicaSet } from "../../../gen/howbernetes/apps/v1/replicaset.js";
import type { StatefulSet } from "../../../gen/howbernetes/apps/v1/statefulset.js";
import type { Node } from "../../../gen/howbernetes/core/v1/node.js";
import type { Taint } from "../../../gen/howbernetes/core/v1/scheduling.js";
import type { Finding, NodeVerdict, Suggestion } from "../finding.js";
import { problem, remark } from "../findings.js";
import { counted, type ObjectCase, type ObjectDiagnosis } from "../object-case.js";
import { suggestPodChange, templateOfController } from "../pod-template.js";
import { suggestCommand, wordsFor } from "../suggestions.js";
import { scaledToZero, unobserved } from "./deployment.js";
import { missingPodFindings } from "./missing-pods.js";
import { podFindings } from "./pod-findings.js";

/** Says of a ReplicaSet why it is as it is. */
export function diagnoseReplicaSet(it: ObjectCase<ReplicaSet>): ObjectDiagnosis {
  const { replicas: wanted = 1, template } = it.object.spec;
  const { replicas = 0, readyReplicas = 0 } = it.object.status;
  const owner = it.object.metadata.ownerReferences.find(({ controller }) => controller === true);
  const findings = [...missingPodFindings(it, { count: wanted - replicas, template }), ...podFindings(it)];
  if (!findings.some((finding) => finding.problem)) findings.unshift(...unobserved(it));
  if (wanted === 0 && owner !== undefined) {
    const headline = `${owner.kind ?? ""} ${owner.name ?? ""} wants no pods of this revision`;
    findings.push(remark(it.ref, { code: "OldRevision", headline, evidence: ["spec.replicas: 0"] }));
  } else findings.push(...scaledToZero(it, wanted));
  return settled(it, wanted, readyReplicas, findings);
}

/** Says of a StatefulSet why it is as it is. */
export function diagnoseStatefulSet(it: ObjectCase<StatefulSet>): ObjectDiagnosis {
  const { replicas: wanted = 1, template, podManagementPolicy = "OrderedReady" } = it.object.spec;
  const { replicas = 0, readyReplicas = 0 } = it.object.status;
  const missing = missingPodFindings(it, { count: wanted - replicas, template });
  const order = podManagementPolicy === "OrderedReady" ? orderFindings(it, wanted) : [];
  const zero =
    wanted > 0 ? [] : [remark(it.ref, { code: "ScaledToZero", headline: "it is to have no pods", evidence: ["spec.replicas: 0"] })];
  return settled(it, wanted, readyReplicas, [...order, ...missing, ...podFindings(it), ...zero, ...revisionFindings(it)]);
}

/** Pods are made one after the other: the first that is not ready is the one that the others wait for. */
function orderFindings({ ref, object, pods }: ObjectCase<StatefulSet>, wanted: number): Finding[] {
  const start = object.spec.ordinals?.start ?? 0;
  const isReady = (name: string): boolean => {
    const pod = pods.find(({ metadata }) => metadata.name === name);
    return (
      pod?.status.conditions.some(({ type, status }) => type === "Ready" && status === "True") === true &&
      pod.metadata.deletionTimestamp === undefined
    );
  };
  const names = Array.from({ length: wanted }, (_, index) => `${ref.name}-${start + index}`);
  const first = names.findIndex((name) => !isReady(name));
  const name = names[first];
  const later = names.slice(first + 1).filter((each) => !pods.some(({ metadata }) => metadata.name === each));
  if (name === undefined || later.length === 0) return [];
  const pod = pods.find(({ metadata }) => metadata.name === name);
  const state =
    pod === undefined
      ? "is not there"
      : pod.metadata.deletionTimestamp !== undefined
        ? "is terminating"
        : `is ${pod.status.phase ?? "Pending"} and not ready`;
  return [
    problem(ref, {
      code: "WaitsForOrdinal",
      headline: `${counted(later.length, "pod")} wait${later.length === 1 ? "s" : ""} for pod ${name}, which ${state}`,
      evidence: [
        `podManagementPolicy: ${object.spec.podManagementPolicy ?? "OrderedReady"}: each pod is made when all before it are ready`,
        `not made yet: ${later.join(", ")}`,
      ],
      waitsFor: `pod ${name} to be ready`,
    }),
  ];
}

function revisionFindings({ ref, object }: ObjectCase<StatefulSet>): Finding[] {
  const { currentRevision = "", updateRevision = "", updatedReplicas = 0 } = object.status;
  const { partition = 0 } = object.spec.updateStrategy?.rollingUpdate ?? {};
  if (currentRevision === updateRevision) return [];
  const evidence = [`${updatedReplicas} pods are of revision ${updateRevision}, the others of ${currentRevision}`];
  if (object.spec.updateStrategy?.type === "OnDelete") {
    return [remark(ref, { code: "UpdatesOnDelete", headline: "pods get its new template when somebody deletes them", evidence })];
  }
  const held = partition > 0 ? [`partition: ${partition}: pods with smaller ordinals stay as they are`] : [];
  return [
    remark(ref, {
      code: "RollingOut",
      headline: "its rollout goes on",
      evidence: [...evidence, ...held],
      waitsFor: "each pod to be ready, from the last to the first",
    }),
  ];
}

/** Says of a DaemonSet why it is as it is. */
export function diagnoseDaemonSet(it: ObjectCase<DaemonSet>): ObjectDiagnosis {
  const { desiredNumberScheduled: wanted = 0, currentNumberScheduled = 0, numberReady = 0 } = it.object.status;
  const missing = missingPodFindings(it, { count: wanted - currentNumberScheduled, template: it.object.spec.template });
  return settled(it, wanted, numberReady, [...missing, ...podFindings(it), ...leftOutFindings(it, wanted)]);
}

/** Which nodes get no pod, and why. */
function leftOutFindings(it: ObjectCase<DaemonSet>, wanted: number): Finding[] {
  const judged = it.nodes.map((node) => ({ node, verdict: verdictOn(it.object, node) }));
  const left = judged.flatMap(({ verdict }) => verdict ?? []);
  if (left.length === 0) return [];
  const taints = judged.flatMap(({ node }) => untolerated(it.object, node));
  const draft = {
    code: "NodesLeftOut",
    headline: `${left.length} of ${counted(it.nodes.length, "node")} get${left.length === 1 ? "s" : ""} no pod of it`,
    evidence: [`${wanted} of ${it.nodes.length} nodes are to run it`],
    nodes: left,
    suggestions: [...tolerate(it, taints), ...dropSelector(it, left)],
  };
  // That it is for some nodes only is what selectors are for; that it is for none is hardly meant.
  return [wanted === 0 ? problem(it.ref, draft) : remark(it.ref, draft)];
}

function verdictOn(set: Whole<DaemonSet>, node: Whole<Node>): NodeVerdict | undefined {
  const { spec } = set.spec.template ?? {};
  const { name } = node.metadata;
  if (spec === undefined) return undefined;
  if (!admitsNode(spec, node)) {
    const selector = Object.entries(spec.nodeSelector).map(
      ([key, value]) => `${key}=${value} (it has ${node.metadata.labels[key] ?? "none"})`,
    );
    const detail = selector.length > 0 ? `it wants ${selector.join(", ")}` : "its node affinity does not admit it";
    return { node: name, verdict: "node(s) didn't match Pod's node affinity/selector", detail };
  }
  const taints = untolerated(set, node).map(taintText);
  return taints.length === 0 ? undefined : { node: name, verdict: "node(s) had untolerated taint(s)", detail: taints.join(", ") };
}

/** Those taints that every DaemonSet's pods tolerate are told by their name. */
function untolerated({ spec }: Whole<DaemonSet>, node: Whole<Node>): Taint[] {
  const own = spec.template?.spec?.tolerations ?? [];
  return node.spec.taints.filter((taint) => {
    const isUsual = (taint.key ?? "").startsWith("node.kubernetes.io/") || taint.key === unschedulableTaint;
    return !isUsual && repellingEffects.includes(taint.effect ?? "") && !own.some((toleration) => tolerates(toleration, taint));
  });
}

const taintText = ({ key = "", value = "", effect = "" }: Taint): string => `${key}${value === "" ? "" : `=${value}`}:${effect}`;

function tolerate(it: ObjectCase<DaemonSet>, taints: readonly Taint[]): Suggestion[] {
  const [taint] = taints;
  if (taint === undefined) return [];
  const kinds = new Map(taints.map((each) => [taintText(each), each]));
  const own = it.object.spec.template?.spec?.tolerations ?? [];
  const added = [...kinds.values()].map(({ key = "", effect = "" }) => ({ key, operator: "Exists", effect }));
  const value = [...own, ...added];
  const text = `tolerate ${[...kinds.keys()].join(", ")}`;
  return [suggestPodChange(text, templateOfController(it.subject), [{ op: "add", path: "/spec/tolerations", value }], [])];
}

function dropSelector(it: ObjectCase<DaemonSet>, left: readonly NodeVerdict[]): Suggestion[] {
  const selector = Object.entries(it.object.spec.template?.spec?.nodeSelector ?? {});
  const [node] = left.filter(({ verdict }) => verdict.includes("selector"));
  if (selector.length === 0 || node === undefined) return [];
  const words = selector.map(([key, value]) => `${key}=${value}`);
  return [
    suggestCommand(`label node ${node.node} ${words.join(" ")}`, "label", "node", node.node, ...words, "--overwrite"),
    suggestPodChange(
      `drop nodeSelector ${words.join(",")}`,
      templateOfController(it.subject),
      [{ op: "remove", path: "/spec/nodeSelector" }],
      [],
    ),
  ];
}

function settled(
  it: ObjectCase<ReplicaSet> | ObjectCase<StatefulSet> | ObjectCase<DaemonSet>,
  wanted: number,
  ready: number,
  findings: readonly Finding[],
): ObjectDiagnosis {
  const is = wanted === 0 ? "without pods" : `${ready >= wanted ? "complete" : "incomplete"}, ${ready} of ${counted(wanted, "pod")} ready`;
  if (findings.some((finding) => finding.problem)) return { is, findings };
  if (wanted > 0 && ready >= wanted) {
    const well = remark(it.ref, { code: "Complete", headline: `its ${counted(wanted, "pod")} ${wanted === 1 ? "is" : "are"} ready` });
    return { is, findings: [well, ...findings] };
  }
  const waiting = remark(it.ref, {
    code: "Starting",
    headline: `${counted(wanted - ready, "pod")} of ${wordsFor(it.ref)} not ready yet`,
    waitsFor: "its pods to be ready",
  });
  return { is, findings: findings.length === 0 ? [waiting] : findings };
}
