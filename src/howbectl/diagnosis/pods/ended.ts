import type { Finding } from "../finding.js";
import { problem, remark } from "../findings.js";
import { suggestLook } from "../suggestions.js";
import { crashFinding } from "./crashes.js";
import { conditionOf, containerCases, type PodCase } from "./pod-case.js";
import { conditionText, lastTold } from "./told.js";

/** Why a pod has come to its end. */
export function endedFindings(pod: PodCase): readonly Finding[] {
  const { ref, nowMs } = pod;
  const { status, spec } = pod.pod;
  if (status.phase === "Succeeded") {
    const evidence = status.conditions.filter(({ type }) => type === "Ready").map((condition) => conditionText(condition, nowMs));
    return [remark(ref, { code: "Completed", headline: "its containers have done their work: all ended with exit code 0", evidence })];
  }
  const failed = containerCases(pod).filter(({ status: each }) => (each?.state?.terminated?.exitCode ?? 0) !== 0);
  const stays = `it is not started again: its restartPolicy is ${spec.restartPolicy ?? "Always"}`;
  const own = ownReason(pod);
  return [...(own === undefined ? [] : [own]), ...failed.map((it) => withEvidence(crashFinding(pod, it), stays))];
}

const withEvidence = (finding: Finding, line: string): Finding => ({ ...finding, evidence: [...finding.evidence, line] });

/** Why the pod as a whole was ended; undefined when its containers alone are the reason. */
function ownReason(pod: PodCase): Finding | undefined {
  const { ref, nowMs, events } = pod;
  const { reason = "", message = "" } = pod.pod.status;
  const disruption = conditionOf(pod.pod, "DisruptionTarget");
  const said = [...(message === "" ? [] : [message]), ...(disruption === undefined ? [] : [conditionText(disruption, nowMs)])];
  if (disruption?.reason === "PreemptionByScheduler") {
    const evidence = [...said, ...lastTold(events, nowMs, "Preempted")];
    return problem(ref, { code: "Preempted", headline: "it had to make room for a pod with a higher priority", evidence });
  }
  if (reason === "Evicted") {
    const evidence = [...said, ...lastTold(events, nowMs, "Evicted")];
    const suggestions = [suggestLook("see what the node lacks", "describe", "node", pod.pod.spec.nodeName ?? "")];
    return problem(ref, { code: "Evicted", headline: "its node evicted it", evidence, suggestions });
  }
  if (reason === "Preempting") {
    const headline = "its node ended it to take in a pod that the cluster cannot do without";
    return problem(ref, { code: "Preempted", headline, evidence: said });
  }
  if (reason === "DeadlineExceeded") {
    const seconds = pod.pod.spec.activeDeadlineSeconds ?? 0;
    const code = "DeadlineExceeded";
    return problem(ref, { code, headline: `it was active for longer than its deadline of ${seconds}s`, evidence: said });
  }
  if (reason !== "") return problem(ref, { code: "Rejected", headline: `its node would not have it: ${reason}`, evidence: said });
  if (disruption?.status === "True") return problem(ref, { code: "Disrupted", headline: "it was ended from outside", evidence: said });
  return undefined;
}
