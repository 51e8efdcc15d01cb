import type { ApiObject, Whole } from "../../../api/object.js";
import { controllerOf } from "../../../api/owner-reference.js";
import type { Deployment } from "../../../gen/howbernetes/apps/v1/deployment.js";
import type { ReplicaSet } from "../../../gen/howbernetes/apps/v1/replicaset.js";
import type { Change, Finding } from "../finding.js";
import { problem, remark } from "../findings.js";
import { counted, type ObjectCase, type ObjectDiagnosis } from "../object-case.js";
import { conditionText } from "../pods/told.js";
import { suggestCommand, targetWords } from "../suggestions.js";
import { missingPodFindings } from "./missing-pods.js";
import { podFindings } from "./pod-findings.js";

const revisionKey = "deployment.kubernetes.io/revision";

const revisionOf = ({ metadata }: Whole<ApiObject>): number => Number(metadata.annotations[revisionKey] ?? 0);

/** Says of a Deployment why it is as it is. */
export function diagnoseDeployment(it: ObjectCase<Deployment>): ObjectDiagnosis {
  const { spec, status } = it.object;
  const { replicas: wanted = 1 } = spec;
  const { availableReplicas = 0, updatedReplicas = 0, replicas = 0 } = status;
  const missing = wanted - replicas;
  const findings = [
    ...scaledToZero(it, wanted),
    ...pausedFindings(it),
    ...missingPodFindings(it, { count: missing, template: spec.template }),
    ...deadlineFindings(it),
    ...presentFirst(it, podFindings(it)),
    ...rolledBack(it),
  ];
  // What its pods tell is worth more, and newer, than what its status does not tell yet.
  if (!findings.some((finding) => finding.problem)) findings.unshift(...unobserved(it));
  const isComplete = availableReplicas === wanted && updatedReplicas === wanted && replicas === wanted;
  if (isComplete && wanted > 0) findings.push(wellRemark(it, wanted));
  else if (findings.length === 0) findings.push(rolloutRemark(it, wanted));
  return {
    is:
      wanted === 0
        ? "scaled to zero"
        : `${isComplete ? "complete" : "incomplete"}, ${availableReplicas} of ${counted(wanted, "pod")} available`,
    findings,
  };
}

/**
 * What is told of pods of an earlier template comes last, and without changes of the template, which is another one by
 * now: they go once its pods are available.
 */
function presentFirst({ controlled, pods }: ObjectCase<Deployment>, findings: readonly Finding[]): readonly Finding[] {
  const latest = Math.max(0, ...controlled.map(({ object }) => revisionOf(object)));
  const present = new Set(controlled.filter(({ object }) => revisionOf(object) === latest).map(({ object }) => object.metadata.uid));
  const earlier = new Set(pods.filter((pod) => !present.has(controllerOf(pod)?.uid ?? "")).map(({ metadata }) => metadata.name));
  const isEarlier = ({ about, alsoAbout = [] }: Finding): boolean =>
    [about, ...alsoAbout].every(({ kind, name }) => kind === "Pod" && earlier.has(name));
  return [
    ...findings.filter((finding) => !isEarlier(finding)),
    ...findings.filter(isEarlier).map((finding) => ({
      ...finding,
      evidence: ["it is of an earlier template", ...finding.evidence],
      suggestions: finding.suggestions.filter(({ changes }) => !changes.some(changesTemplate)),
    })),
  ];
}

const changesTemplate = (change: Change): boolean => change.kind === "patch" && change.object.kind === "Deployment";

/** That nobody wants any pods. */
export function scaledToZero<T extends Deployment | ReplicaSet>({ ref }: ObjectCase<T>, wanted: number): Finding[] {
  if (wanted > 0) return [];
  return [
    remark(ref, {
      code: "ScaledToZero",
      headline: "it is to have no pods",
      evidence: ["spec.replicas: 0"],
      suggestions: [suggestCommand("have one pod", "scale", ...targetWords(ref), "--replicas=1")],
    }),
  ];
}

/** Its controller has not seen what it says now. */
export function unobserved<T extends Deployment | ReplicaSet>({ ref, object }: ObjectCase<T>): Finding[] {
  const { generation = 0 } = object.metadata;
  const { observedGeneration = 0 } = object.status as { readonly observedGeneration?: number };
  if (observedGeneration >= generation) return [];
  const evidence = [`generation ${generation}, observed: ${observedGeneration}`];
  return [
    problem(ref, {
      code: "NotObserved",
      headline: "its controller has not seen its last change yet",
      evidence,
      waitsFor: "the controllers to run",
    }),
  ];
}

function pausedFindings({ ref, object }: ObjectCase<Deployment>): Finding[] {
  if (object.spec.paused !== true) return [];
  const { updatedReplicas = 0, replicas = 0 } = object.status;
  const isHeld = updatedReplicas < Math.max(replicas, object.spec.replicas ?? 1);
  const evidence = ["spec.paused: true", `${updatedReplicas} of ${object.spec.replicas ?? 1} pods are of its present template`];
  const suggestions = [suggestCommand("resume the rollout", "rollout", "resume", ...targetWords(ref))];
  const draft = { code: "Paused", headline: "its rollout is paused", evidence, waitsFor: "somebody to resume it", suggestions };
  return [isHeld ? problem(ref, draft) : remark(ref, draft)];
}

function deadlineFindings({ ref, object, controlled, nowMs }: ObjectCase<Deployment>): Finding[] {
  const progressing = object.status.conditions.find(({ type }) => type === "Progressing");
  if (progressing?.status !== "False") return [];
  const numbers = controlled.map(({ object: each }) => revisionOf(each)).filter((number) => number > 0);
  const latest = Math.max(0, ...numbers);
  const earlier = numbers.filter((number) => number < latest);
  const undo = earlier.length === 0 ? [] : [Math.max(...earlier)];
  const isLate = progressing.reason === "ProgressDeadlineExceeded";
  return [
    problem(ref, {
      code: isLate ? "ProgressDeadlineExceeded" : "ReplicaSetRefused",
      headline: isLate
        ? `its rollout has not come forward within ${object.spec.progressDeadlineSeconds ?? 600}s`
        : `the ReplicaSet of its present template cannot be made: ${progressing.message ?? ""}`,
      evidence: [conditionText(progressing, nowMs)],
      suggestions: undo.map((revision) =>
        suggestCommand(`go back to revision ${revision}`, "rollout", "undo", ...targetWords(ref), `--to-revision=${revision}`),
      ),
    }),
  ];
}

function rolledBack({ ref, object, nowMs }: ObjectCase<Deployment>): Finding[] {
  const condition = object.status.conditions.find(({ type, status }) => type === "RolledBack" && status === "True");
  if (condition === undefined) return [];
  const suggestions = [suggestCommand("compare its revisions", "rollout", "history", ...targetWords(ref))];
  return [
    problem(ref, {
      code: "RolledBack",
      headline: "it was rolled back to an earlier revision",
      evidence: [conditionText(condition, nowMs)],
      suggestions,
    }),
  ];
}

function wellRemark({ ref, object, nowMs }: ObjectCase<Deployment>, wanted: number): Finding {
  const available = object.status.conditions.filter(({ type }) => type === "Available");
  return remark(ref, {
    code: "Complete",
    headline: `its ${counted(wanted, "pod")} ${wanted === 1 ? "is" : "are"} of its present template and available`,
    evidence: available.map((condition) => conditionText(condition, nowMs)),
  });
}

function rolloutRemark({ ref, object, nowMs }: ObjectCase<Deployment>, wanted: number): Finding {
  const { updatedReplicas = 0, availableReplicas = 0, replicas = 0 } = object.status;
  const { minReadySeconds = 0 } = object.spec;
  return remark(ref, {
    code: "RollingOut",
    headline: "its rollout goes on",
    evidence: [
      `${replicas} pods are there, ${updatedReplicas} of ${wanted} of its present template, ${availableReplicas} available`,
      ...(minReadySeconds > 0 ? [`a pod counts as available when it has been ready for ${minReadySeconds}s`] : []),
      ...object.status.conditions.filter(({ type }) => type === "Progressing").map((condition) => conditionText(condition, nowMs)),
    ],
    waitsFor: "new pods to become available, and old ones to go",
  });
}
