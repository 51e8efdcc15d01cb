import { intOrStringValue } from "../../../api/values/int-or-string.js";
import type { PodDisruptionBudget } from "../../../gen/howbernetes/policy/v1/pod_disruption_budget.js";
import { problem, remark } from "../findings.js";
import type { ObjectCase, ObjectDiagnosis } from "../object-case.js";
import { suggestMerge } from "../suggestions.js";
import { podFindings } from "../workloads/pod-findings.js";

/** Says of a PodDisruptionBudget why it allows what it allows. */
export function diagnoseBudget(it: ObjectCase<PodDisruptionBudget>): ObjectDiagnosis {
  const { spec, status } = it.object;
  const { disruptionsAllowed = 0, currentHealthy = 0, desiredHealthy = 0, expectedPods = 0 } = status;
  const rule =
    spec.maxUnavailable !== undefined
      ? `maxUnavailable: ${intOrStringValue(spec.maxUnavailable)}`
      : `minAvailable: ${spec.minAvailable === undefined ? 0 : intOrStringValue(spec.minAvailable)}`;
  const evidence = [rule, `${currentHealthy} of ${expectedPods} pods are healthy, ${desiredHealthy} have to be`];
  if (disruptionsAllowed > 0) {
    const headline = `${disruptionsAllowed} of its pods may be evicted now`;
    return { is: "allowing evictions", findings: [remark(it.ref, { code: "Allows", headline, evidence })] };
  }
  const pods = podFindings(it).filter((finding) => finding.problem);
  if (expectedPods === 0) {
    return { is: "about no pods", findings: [problem(it.ref, { code: "NoPods", headline: "its selector selects no pods", evidence })] };
  }
  if (desiredHealthy >= expectedPods) {
    const suggestions = [suggestMerge("allow one pod at a time", it.ref, { spec: { maxUnavailable: 1, minAvailable: null } })];
    const headline = "it never allows an eviction: all of its pods have to be healthy";
    return { is: "allowing no evictions", findings: [problem(it.ref, { code: "NeverAllows", headline, evidence, suggestions }), ...pods] };
  }
  const headline = `no more than the ${desiredHealthy} pods that have to be are healthy`;
  const draft = { code: "NoneToSpare", headline, evidence, waitsFor: "more of its pods to be healthy" };
  return { is: "allowing no evictions", findings: [problem(it.ref, draft), ...pods] };
}
