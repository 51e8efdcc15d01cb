import { compareQuantities } from "../../../api/values/quantity.js";
import type { Namespace } from "../../../gen/howbernetes/core/v1/namespace.js";
import type { Finding } from "../finding.js";
import { problem, remark } from "../findings.js";
import { counted, type ObjectCase, type ObjectDiagnosis } from "../object-case.js";
import { conditionText } from "../pods/told.js";
import { refOf, suggestLook, suggestMerge, wordsFor } from "../suggestions.js";

/** Says of a namespace why it is as it is. */
export function diagnoseNamespace(it: ObjectCase<Namespace>): ObjectDiagnosis {
  if (it.object.metadata.deletionTimestamp !== undefined) return { is: "terminating", findings: leaving(it) };
  const full = fullQuotas(it);
  const headline = `${counted(it.pods.length, "pod")} ${it.pods.length === 1 ? "is" : "are"} in it`;
  return { is: "active", findings: [...full, remark(it.ref, { code: "Active", headline })] };
}

function leaving({ ref, object, related, nowMs }: ObjectCase<Namespace>): Finding[] {
  const told = object.status.conditions.filter(({ status }) => status === "True").map((condition) => conditionText(condition, nowMs));
  const held = related.filter(({ object: each }) => each.metadata.finalizers.length > 0 && each.metadata.deletionTimestamp !== undefined);
  const own = object.metadata.finalizers;
  const suggestions = held.map((item) => {
    const { finalizers } = item.object.metadata;
    const text = `remove ${finalizers.join(", ")} from ${wordsFor(refOf(item))}, if whoever set it is gone`;
    return suggestMerge(text, refOf(item), { metadata: { finalizers: null } });
  });
  if (held.length > 0) {
    const named = held.map((item) => `${wordsFor(refOf(item))}: ${item.object.metadata.finalizers.join(", ")}`);
    const headline = `${counted(held.length, "object")} in it ${held.length === 1 ? "is" : "are"} kept by finalizers`;
    return [
      problem(ref, {
        code: "HeldByFinalizers",
        headline,
        evidence: [...told, ...named],
        waitsFor: "whoever set the finalizers to remove them",
        suggestions,
      }),
    ];
  }
  if (own.length > 0) {
    const headline = `finalizer ${own.join(", ")} keeps it`;
    return [
      problem(ref, {
        code: "HeldByFinalizers",
        headline,
        evidence: [`metadata.finalizers: ${own.join(", ")}`, ...told],
        suggestions: [suggestMerge(`remove ${own.join(", ")}, if whoever set it is gone`, ref, { metadata: { finalizers: null } })],
      }),
    ];
  }
  const left = related.map((item) => wordsFor(refOf(item)));
  const evidence = [
    ...told,
    ...(left.length === 0 ? [] : [`left in it: ${left.slice(0, 10).join(", ")}${left.length > 10 ? ` and ${left.length - 10} more` : ""}`]),
  ];
  return [
    remark(ref, { code: "Emptying", headline: "what is in it is being deleted", evidence, waitsFor: "the last of its objects to be gone" }),
  ];
}

function fullQuotas({ ref, allowances }: ObjectCase<Namespace>): Finding[] {
  return allowances.quotas.flatMap(({ metadata, spec, status }) => {
    const full = Object.entries(spec.hard).filter(([name, hard]) => compareQuantities(status.used[name], hard) >= 0);
    if (full.length === 0) return [];
    const evidence = full.map(([name, hard]) => `${name}: ${status.used[name]?.string ?? "0"} of ${hard.string ?? "0"} used`);
    const suggestions = [suggestLook("see the quota", "describe", "quota", metadata.name, "-n", ref.name)];
    return [problem(ref, { code: "QuotaUsedUp", headline: `quota ${metadata.name} is used up`, evidence, suggestions })];
  });
}
