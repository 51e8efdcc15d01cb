import { timeToMs } from "../../../api/values/time.js";
import type { Job } from "../../../gen/howbernetes/batch/v1/job.js";
import type { Finding, Suggestion } from "../finding.js";
import { problem, remark } from "../findings.js";
import { counted, type ObjectCase, type ObjectDiagnosis } from "../object-case.js";
import { conditionText, untilText } from "../pods/told.js";
import { suggestLook, suggestMerge } from "../suggestions.js";
import { missingPodFindings } from "./missing-pods.js";
import { podFindings } from "./pod-findings.js";

/** Says of a Job why it is as it is. */
export function diagnoseJob(it: ObjectCase<Job>): ObjectDiagnosis {
  const { spec, status } = it.object;
  const { succeeded = 0, active = 0, failed = 0 } = status;
  const { completions } = spec;
  const done = `${succeeded} of ${completions ?? 1} done, ${active} at work, ${failed} failed`;
  const stated = (type: string) => status.conditions.find((condition) => condition.type === type && condition.status === "True");
  const end = stated("Failed") ?? stated("FailureTarget");
  if (stated("Complete") !== undefined) {
    const headline = "it has done its work";
    return { is: "complete", findings: [remark(it.ref, { code: "Completed", headline, evidence: [done] })] };
  }
  if (end !== undefined) return { is: "failed", findings: [failedFinding(it, end), ...podFindings(it)] };
  if (spec.suspend === true) return { is: "suspended", findings: [suspended(it, done)] };
  const missing = Math.min(spec.parallelism ?? 1, (completions ?? 1) - succeeded) - active;
  const findings = [...missingPodFindings(it, { count: missing, template: spec.template }), ...podFindings(it), ...retryFindings(it)];
  const well = findings.some((finding) => finding.problem)
    ? []
    : [remark(it.ref, { code: "Working", headline: "its pods are at work", evidence: [done, ...deadlineText(it)] })];
  return { is: active > 0 ? "at work" : "waiting", findings: [...findings, ...well] };
}

type Stated = NonNullable<Job["status"]>["conditions"][number];

function failedFinding(it: ObjectCase<Job>, condition: Stated): Finding {
  const { spec, status } = it.object;
  const { reason = "", message = "" } = condition;
  const known: Readonly<Record<string, readonly [code: string, headline: string, suggestions: readonly Suggestion[]]>> = {
    BackoffLimitExceeded: [
      "BackoffLimitExceeded",
      `its pods failed more often than its backoffLimit of ${spec.backoffLimit ?? 6} allows`,
      [again(it, `try again, allowing ${2 * (spec.backoffLimit ?? 6) + 1} failures`, { backoffLimit: 2 * (spec.backoffLimit ?? 6) + 1 })],
    ],
    DeadlineExceeded: [
      "DeadlineExceeded",
      `it took longer than its activeDeadlineSeconds of ${spec.activeDeadlineSeconds ?? 0}`,
      [again(it, "try again, without a deadline", { activeDeadlineSeconds: null })],
    ],
    PodFailurePolicy: ["PodFailurePolicy", `its podFailurePolicy says that it is not to go on: ${message}`, []],
  };
  const [code, headline, suggestions] = known[reason] ?? ["JobFailed", `it has failed: ${message}`, []];
  const evidence = [conditionText(condition, it.nowMs), `${status.failed ?? 0} pods failed, ${status.succeeded ?? 0} succeeded`];
  const look = suggestLook("read what its pods wrote", "logs", `job/${it.ref.name}`, "-n", it.ref.namespace);
  return problem(it.ref, { code, headline, evidence, suggestions: [...suggestions, look] });
}

/** A Job that is over stays so: another one has to take its place. */
function again({ ref }: ObjectCase<Job>, text: string, spec: object): Suggestion {
  return suggestMerge(text, ref, { spec }, true);
}

function suspended({ ref, object, nowMs }: ObjectCase<Job>, done: string): Finding {
  const told = object.status.conditions.filter(({ type }) => type === "Suspended").map((condition) => conditionText(condition, nowMs));
  return problem(ref, {
    code: "Suspended",
    headline: "it is suspended",
    evidence: ["spec.suspend: true", done, ...told],
    waitsFor: "somebody to resume it",
    suggestions: [suggestMerge("resume it", ref, { spec: { suspend: false } })],
  });
}

/** Kubernetes' delays between a Job's tries: 10 s, doubling, 6 minutes at most. */
const [firstDelayMs, longestDelayMs] = [10_000, 360_000];

/** Failed pods are replaced, each after a longer while than the one before. */
function retryFindings({ ref, object, pods, nowMs }: ObjectCase<Job>): Finding[] {
  const { failed = 0 } = object.status;
  if (failed === 0) return [];
  const ends = pods.flatMap(({ status }) => status.containerStatuses.map(({ state }) => timeToMs(state?.terminated?.finishedAt) ?? 0));
  const nextMs = Math.max(0, ...ends) + Math.min(longestDelayMs, firstDelayMs * 2 ** (failed - 1));
  const { backoffLimit = 6 } = object.spec;
  return [
    problem(ref, {
      code: "Retrying",
      headline: `${counted(failed, "pod")} failed, ${Math.max(0, backoffLimit - failed)} more may`,
      evidence: [`backoffLimit: ${backoffLimit}`],
      ...(nextMs > nowMs ? { waitsFor: `its next try, in about ${untilText(nextMs, nowMs)}` } : {}),
    }),
  ];
}

function deadlineText({ object, nowMs }: ObjectCase<Job>): string[] {
  const { activeDeadlineSeconds } = object.spec;
  const startMs = timeToMs(object.status.startTime);
  if (activeDeadlineSeconds === undefined || startMs === undefined) return [];
  return [`${untilText(startMs + activeDeadlineSeconds * 1_000, nowMs)} are left of its activeDeadlineSeconds of ${activeDeadlineSeconds}`];
}
