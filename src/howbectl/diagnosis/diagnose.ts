import { cronJobKind } from "../../api/kinds/cronjob/kind.js";
import { daemonSetKind } from "../../api/kinds/daemonset/kind.js";
import { deploymentKind } from "../../api/kinds/deployment/kind.js";
import { horizontalPodAutoscalerKind } from "../../api/kinds/horizontalpodautoscaler/kind.js";
import { jobKind } from "../../api/kinds/job/kind.js";
import { namespaceKind } from "../../api/kinds/namespace/kind.js";
import { nodeKind } from "../../api/kinds/node/kind.js";
import { podKind } from "../../api/kinds/pod/kind.js";
import { podDisruptionBudgetKind } from "../../api/kinds/poddisruptionbudget/kind.js";
import { replicaSetKind } from "../../api/kinds/replicaset/kind.js";
import { statefulSetKind } from "../../api/kinds/statefulset/kind.js";
import type { ObjectFacts } from "./facts.js";
import type { Diagnosis, Finding } from "./finding.js";
import { problem, remark } from "./findings.js";
import { type ObjectDiagnosis, objectCase } from "./object-case.js";
import { diagnosePod } from "./pods/diagnose-pod.js";
import { toldBy } from "./pods/told.js";
import { diagnoseAutoscaler } from "./policies/autoscaler.js";
import { diagnoseBudget } from "./policies/disruption-budget.js";
import { diagnoseNamespace } from "./policies/namespace.js";
import { diagnoseNode } from "./policies/node.js";
import { refOf, suggestMerge, wordsFor } from "./suggestions.js";
import { diagnoseCronJob } from "./workloads/cron-job.js";
import { diagnoseDeployment } from "./workloads/deployment.js";
import { diagnoseJob } from "./workloads/job.js";
import { diagnoseDaemonSet, diagnoseReplicaSet, diagnoseStatefulSet } from "./workloads/sets.js";

type Diagnose = (facts: ObjectFacts, nowMs: number) => ObjectDiagnosis;

/** Of kinds that there is more to be said of than of any object. */
const byKind: ReadonlyMap<string, Diagnose> = new Map<string, Diagnose>([
  [deploymentKind.typeName, (facts, nowMs) => diagnoseDeployment(objectCase(facts, nowMs))],
  [replicaSetKind.typeName, (facts, nowMs) => diagnoseReplicaSet(objectCase(facts, nowMs))],
  [statefulSetKind.typeName, (facts, nowMs) => diagnoseStatefulSet(objectCase(facts, nowMs))],
  [daemonSetKind.typeName, (facts, nowMs) => diagnoseDaemonSet(objectCase(facts, nowMs))],
  [jobKind.typeName, (facts, nowMs) => diagnoseJob(objectCase(facts, nowMs))],
  [cronJobKind.typeName, (facts, nowMs) => diagnoseCronJob(objectCase(facts, nowMs))],
  [horizontalPodAutoscalerKind.typeName, (facts, nowMs) => diagnoseAutoscaler(objectCase(facts, nowMs))],
  [podDisruptionBudgetKind.typeName, (facts, nowMs) => diagnoseBudget(objectCase(facts, nowMs))],
  [nodeKind.typeName, (facts, nowMs) => diagnoseNode(objectCase(facts, nowMs))],
  [namespaceKind.typeName, (facts, nowMs) => diagnoseNamespace(objectCase(facts, nowMs))],
  [podKind.typeName, diagnoseOnePod],
]);

/** Says of an object why it is as it is, and what would change that. Pure: the facts are all that it goes by. */
export function diagnose(facts: ObjectFacts, nowMs: number): Diagnosis {
  const object = refOf(facts.subject);
  const { is, findings } = diagnosisOf(facts, nowMs);
  const healthy = findings.every((finding) => !finding.problem);
  const [first] = findings;
  const headline = `${wordsFor(object)} is ${is}${first === undefined ? "" : `: ${aboutOther(first, object.name)}${first.headline}`}`;
  return { object, healthy, headline, findings };
}

function diagnosisOf(facts: ObjectFacts, nowMs: number): ObjectDiagnosis {
  const { kind, object } = facts.subject;
  const isLeaving = object.metadata.deletionTimestamp !== undefined;
  const own = byKind.get(kind.typeName);
  // A pod's and a namespace's end has stages of its own.
  if (isLeaving && kind.typeName !== podKind.typeName && kind.typeName !== namespaceKind.typeName) return leaving(facts);
  return own === undefined ? anyObject(facts, nowMs) : own(facts, nowMs);
}

const aboutOther = ({ about }: Finding, name: string): string => (about.name === name ? "" : `${about.kind.toLowerCase()} ${about.name}: `);

function diagnoseOnePod({ examined, subject }: ObjectFacts, nowMs: number): ObjectDiagnosis {
  const [facts] = examined;
  if (facts === undefined) throw new RangeError(`nothing was gathered about ${subject.object.metadata.name}`);
  return diagnosePod(facts, nowMs);
}

function leaving({ subject, pods, controlled }: ObjectFacts): ObjectDiagnosis {
  const ref = refOf(subject);
  const { finalizers } = subject.object.metadata;
  const foreign = finalizers.filter((name) => name !== "foregroundDeletion" && name !== "orphan");
  if (foreign.length > 0) {
    const names = foreign.join(", ");
    const kept = finalizers.filter((name) => !foreign.includes(name));
    const patch = { metadata: { finalizers: kept.length === 0 ? null : kept } };
    const draft = {
      code: "HeldByFinalizers",
      headline: `finalizer ${names} keeps it`,
      evidence: [`metadata.finalizers: ${finalizers.join(", ")}`],
      waitsFor: `whoever set ${names} to remove it`,
      suggestions: [suggestMerge(`remove ${names}, if whoever set it is gone: what it was to wait for is then not waited for`, ref, patch)],
    };
    return { is: "terminating", findings: [problem(ref, draft)] };
  }
  const evidence = [`${controlled.length} objects and ${pods.length} pods that it controls are left`];
  const draft = { code: "Emptying", headline: "what it controls goes before it", evidence, waitsFor: "what it controls to be gone" };
  return { is: "terminating", findings: [remark(ref, draft)] };
}

/** Of whose state nothing more is known than what was told about it. */
function anyObject({ subject, events }: ObjectFacts, nowMs: number): ObjectDiagnosis {
  const ref = refOf(subject);
  const warnings = events.filter(({ type }) => type === "Warning");
  if (warnings.length > 0) {
    const evidence = warnings.slice(-5).map((event) => toldBy(event, nowMs));
    return { is: "there", findings: [problem(ref, { code: "Warnings", headline: "there are warnings about it", evidence })] };
  }
  return { is: "there", findings: [remark(ref, { code: "NothingKnown", headline: "nothing is known to be wrong with it" })] };
}
