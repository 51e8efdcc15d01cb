import type { HorizontalPodAutoscaler } from "../../../gen/howbernetes/autoscaling/v2/horizontal_pod_autoscaler.js";
import type { Finding } from "../finding.js";
import { problem, remark } from "../findings.js";
import type { ObjectCase, ObjectDiagnosis } from "../object-case.js";
import { conditionText, lastTold } from "../pods/told.js";
import { suggestLook, suggestMerge } from "../suggestions.js";

/** Says of an autoscaler why it is as it is. */
export function diagnoseAutoscaler(it: ObjectCase<HorizontalPodAutoscaler>): ObjectDiagnosis {
  const { spec, status } = it.object;
  const { minReplicas = 1, maxReplicas = 0, scaleTargetRef } = spec;
  const { currentReplicas = 0, desiredReplicas = 0 } = status;
  const target = `${scaleTargetRef?.kind ?? ""} ${scaleTargetRef?.name ?? ""}`;
  const conditions = status.conditions.map((condition) => conditionText(condition, it.nowMs));
  const counts = `${target} has ${currentReplicas} pods, ${desiredReplicas} are wanted, ${minReplicas} to ${maxReplicas} are allowed`;
  const findings = [...unableFindings(it), ...limitFindings(it)];
  if (findings.length === 0) {
    const isUnseen = status.conditions.length === 0;
    const draft = isUnseen
      ? {
          code: "NotObserved",
          headline: "its controller has not looked at it yet",
          evidence: [counts],
          waitsFor: "its first look, every 15s",
        }
      : { code: "Steady", headline: `${target} has the pods that it is to have`, evidence: [counts, ...conditions] };
    findings.push(remark(it.ref, draft));
  }
  return {
    is:
      currentReplicas === desiredReplicas
        ? `content with ${currentReplicas} pods`
        : `scaling from ${currentReplicas} to ${desiredReplicas} pods`,
    findings,
  };
}

function unableFindings({ ref, object, events, nowMs }: ObjectCase<HorizontalPodAutoscaler>): Finding[] {
  const { scaleTargetRef } = object.spec;
  return object.status.conditions.flatMap((condition) => {
    const { type, status, reason = "", message = "" } = condition;
    if (status !== "False" || (type !== "AbleToScale" && type !== "ScalingActive")) return [];
    const evidence = [conditionText(condition, nowMs), ...lastTold(events, nowMs, reason)];
    const target = `${(scaleTargetRef?.kind ?? "").toLowerCase()}/${scaleTargetRef?.name ?? ""}`;
    if (reason === "FailedGetScale") {
      return [
        problem(ref, {
          code: "TargetMissing",
          headline: `what it scales cannot be read: ${target}`,
          evidence,
          waitsFor: `${target} to be there`,
        }),
      ];
    }
    if (reason === "ScalingDisabled") {
      return [
        problem(ref, {
          code: "ScalingDisabled",
          headline: `${target} is scaled to zero, which stops it`,
          evidence,
          waitsFor: `${target} to have at least one pod`,
        }),
      ];
    }
    const isMetric = reason.startsWith("FailedGet") || reason === "InvalidMetricSourceType";
    const missing = /missing request for (\S+)/.exec(message)?.[1];
    const headline =
      missing !== undefined ? `its pods do not say how much ${missing} they request` : isMetric ? "there are no figures to go by" : message;
    const look =
      missing !== undefined
        ? ["set", "resources", target, "-n", ref.namespace, `--requests=${missing}=${missing === "memory" ? "128Mi" : "100m"}`]
        : ["top", "pods", "-n", ref.namespace];
    const suggestions = [suggestLook(missing !== undefined ? "say what its pods request" : "see what its pods use", ...look)];
    return [
      problem(ref, {
        code: isMetric ? "MetricsMissing" : "UnableToScale",
        headline,
        evidence,
        waitsFor: "figures of its pods' use",
        suggestions,
      }),
    ];
  });
}

function limitFindings({ ref, object, nowMs }: ObjectCase<HorizontalPodAutoscaler>): Finding[] {
  const limited = object.status.conditions.find(({ type, status }) => type === "ScalingLimited" && status === "True");
  if (limited?.reason !== "TooManyReplicas") return [];
  const { maxReplicas = 1 } = object.spec;
  return [
    problem(ref, {
      code: "AtMaximum",
      headline: `it wants more pods than its maxReplicas of ${maxReplicas} allows`,
      evidence: [conditionText(limited, nowMs)],
      suggestions: [suggestMerge(`allow ${2 * maxReplicas} pods`, ref, { spec: { maxReplicas: 2 * maxReplicas } })],
    }),
  ];
}
