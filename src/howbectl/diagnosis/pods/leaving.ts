import type { Whole } from "../../../api/object.js";
import { timeToMs } from "../../../api/values/time.js";
import type { Node } from "../../../gen/howbernetes/core/v1/node.js";
import type { Finding, Suggestion } from "../finding.js";
import { problem, remark } from "../findings.js";
import { suggestCommand, suggestMerge } from "../suggestions.js";
import { conditionOf, containerCases, type PodCase } from "./pod-case.js";
import { clockText, conditionText, untilText } from "./told.js";

/** What a pod waits for that is being deleted. */
export function leavingFindings(pod: PodCase): readonly Finding[] {
  return [...heldByFinalizers(pod), ...stopping(pod)];
}

/** Why a pod is being ended from outside, or was: as evidence. */
export function disruptionText(pod: PodCase): string[] {
  const condition = conditionOf(pod.pod, "DisruptionTarget");
  return condition === undefined ? [] : [conditionText(condition, pod.nowMs)];
}

/** Whether a node answers: its Ready condition, or that it is gone. */
export function nodeTrouble(node: Whole<Node> | undefined, name: string, nowMs: number): string | undefined {
  if (name === "") return undefined;
  if (node === undefined) return `node ${name} is gone`;
  const ready = node.status.conditions.find(({ type }) => type === "Ready");
  if (ready?.status === "True") return undefined;
  return `node ${name}: ${ready === undefined ? "it has never been ready" : conditionText(ready, nowMs)}`;
}

function heldByFinalizers({ ref, pod }: PodCase): Finding[] {
  const { finalizers } = pod.metadata;
  const hasEnded = pod.status.phase === "Succeeded" || pod.status.phase === "Failed" || (pod.spec.nodeName ?? "") === "";
  if (finalizers.length === 0) return [];
  const names = finalizers.join(", ");
  const finding = {
    code: "HeldByFinalizers",
    headline: `finalizer${finalizers.length > 1 ? "s" : ""} ${names} keep${finalizers.length > 1 ? "" : "s"} it`,
    evidence: [`metadata.finalizers: ${names}`, hasEnded ? "its containers have ended" : "its containers have not all ended yet"],
    waitsFor: `whoever set ${names} to remove ${finalizers.length > 1 ? "them" : "it"}`,
    suggestions: [
      suggestMerge(`remove ${names}, if whoever set it is gone: what it was to wait for is then not waited for`, ref, {
        metadata: { finalizers: null },
      }),
    ],
  };
  return [problem(ref, finding)];
}

function stopping(pod: PodCase): Finding[] {
  const { ref, nowMs, node } = pod;
  const { metadata, spec, status } = pod.pod;
  if (status.phase === "Succeeded" || status.phase === "Failed") return [];
  // The deletion's time is that of the end of the grace period.
  const endMs = timeToMs(metadata.deletionTimestamp) ?? nowMs;
  const running = containerCases(pod)
    .filter(({ status: each }) => each?.state?.running !== undefined)
    .map(({ name }) => name);
  const trouble = nodeTrouble(node, spec.nodeName ?? "", nowMs);
  const evidence = [
    `grace period of ${metadata.deletionGracePeriodSeconds ?? 0}s, until ${clockText(endMs)}${endMs > nowMs ? ` (${untilText(endMs, nowMs)} left)` : ": over"}`,
    ...(running.length === 0 ? [] : [`still running: ${running.join(", ")}`]),
    ...disruptionText(pod),
  ];
  if (trouble === undefined) {
    const draft = {
      code: "Stopping",
      headline: "its containers are being stopped",
      evidence,
      waitsFor: `containers to end, at the latest at ${clockText(endMs)}`,
    };
    return [
      endMs + overdueMs < nowMs
        ? problem(ref, { ...draft, headline: "its containers do not end, though their time is up", suggestions: [forced(pod)] })
        : remark(ref, draft),
    ];
  }
  return [
    problem(ref, {
      code: "NodeUnreachable",
      headline: "its node does not say that its containers have ended",
      evidence: [trouble, ...evidence],
      waitsFor: `node ${spec.nodeName ?? ""} to come back, or to be deleted`,
      suggestions: [
        forced(pod),
        suggestCommand(`delete the node, if it will not come back: all its pods go with it`, "delete", `node/${spec.nodeName ?? ""}`),
      ],
    }),
  ];
}

/** A container is killed when its time is up; that its node tells so takes a moment. */
const overdueMs = 15_000;

function forced({ ref }: PodCase): Suggestion {
  return suggestCommand(
    "delete it at once, if its containers are known not to run: the cluster then waits no more",
    ...["delete", `pod/${ref.name}`, "-n", ref.namespace, "--grace-period=0", "--force"],
  );
}
