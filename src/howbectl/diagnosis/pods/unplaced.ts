import type { Finding, Suggestion } from "../finding.js";
import { problem, remark } from "../findings.js";
import { suggestPodChange } from "../pod-template.js";
import { suggest, suggestLook, wordsFor } from "../suggestions.js";
import type { PodChange } from "../template-patch.js";
import { conditionOf, type PodCase } from "./pod-case.js";
import { conditionText, lastTold } from "./told.js";

/** Why a pod has no node. */
export function unplacedFindings(pod: PodCase): readonly Finding[] {
  const gates = pod.pod.spec.schedulingGates.map(({ name = "" }) => name);
  if (gates.length > 0) return [gated(pod, gates)];
  const condition = conditionOf(pod.pod, "PodScheduled");
  if (condition?.status === "False" && condition.reason !== "SchedulingGated") return [...makingRoom(pod), unschedulable(pod)];
  return [...makingRoom(pod), unseen(pod)];
}

/** Gates of a pod that is there may be taken away, whoever made it. */
function gated({ ref, pod, template, nowMs }: PodCase, gates: readonly string[]): Finding {
  const drop = suggest(`remove scheduling gate${gates.length > 1 ? "s" : ""} ${gates.join(", ")} from the pod`, {
    kind: "patch",
    object: ref,
    type: "json",
    patch: [{ op: "remove", path: "/spec/schedulingGates" }],
    recreate: false,
    replace: [],
  });
  const isMade = template.prefix !== "";
  const atSource: Suggestion[] = isMade
    ? [
        suggestPodChange(
          `have ${wordsFor(template.object)} make pods without them`,
          template,
          [{ op: "remove", path: "/spec/schedulingGates" }],
          [pod],
        ),
      ]
    : [];
  return problem(ref, {
    code: "SchedulingGated",
    headline: `it is held back by scheduling gate${gates.length > 1 ? "s" : ""} ${gates.join(", ")}`,
    evidence: pod.status.conditions.filter(({ type }) => type === "PodScheduled").map((each) => conditionText(each, nowMs)),
    waitsFor: "whoever set the gates to remove them",
    suggestions: [drop, ...atSource],
  });
}

function unschedulable(pod: PodCase): Finding {
  const { ref, placement, events, nowMs } = pod;
  const condition = conditionOf(pod.pod, "PodScheduled");
  const told = condition === undefined ? [] : [conditionText(condition, nowMs)];
  const common = { code: "Unschedulable", headline: "no node fits", waitsFor: "a node that will do" };
  if (typeof placement === "string") {
    return problem(ref, {
      ...common,
      evidence: [...told, ...lastTold(events, nowMs, "FailedScheduling"), `the scheduler does not say more: ${placement}`],
      suggestions: [suggestLook("look at what nodes have, and what is taken of it", "describe", "nodes")],
    });
  }
  const { fits } = placement;
  return problem(ref, {
    ...common,
    ...(fits === "" ? {} : { headline: "no node did when it was last tried; one does now", waitsFor: "the scheduler's next attempt" }),
    evidence: [...told, ...(fits === "" ? [] : [fits])],
    nodes: placement.nodes,
    // What was promised comes by itself: nobody else has to go for it.
    suggestions: placement.makingRoom.length > 0 ? [] : placement.suggestions,
  });
}

/** It has been promised a node that others are leaving. */
function makingRoom({ ref, pod, placement }: PodCase): Finding[] {
  const node = pod.status.nominatedNodeName ?? "";
  if (node === "") return [];
  const leaving = typeof placement === "string" ? [] : placement.makingRoom.map(wordsFor);
  return [
    remark(ref, {
      code: "MakingRoom",
      headline: `room is being made for it on node ${node}`,
      evidence: [
        `it has priority ${pod.spec.priority ?? 0}`,
        ...(leaving.length === 0 ? [] : [`of less priority and leaving: ${leaving.join(", ")}`]),
      ],
      waitsFor: `${leaving.length === 0 ? "pods" : leaving.join(", ")} to come to their end on ${node}`,
    }),
  ];
}

/** Nobody has said anything yet. */
function unseen({ ref, pod, placement, template, nowMs }: PodCase): Finding {
  const { schedulerName = "default-scheduler" } = pod.spec;
  const ageMs = nowMs - (pod.metadata.creationTimestamp?.seconds ?? 0) * 1_000;
  const change: readonly PodChange[] = [{ op: "replace", path: "/spec/schedulerName", value: "default-scheduler" }];
  const isForeign = schedulerName !== "default-scheduler";
  return problem(ref, {
    code: "NotScheduled",
    headline: isForeign ? `no scheduler by the name of ${schedulerName} has looked at it` : "no scheduler has looked at it yet",
    evidence: [
      `it is ${Math.max(0, Math.floor(ageMs / 1_000))}s old, and has no PodScheduled condition`,
      `its schedulerName is ${schedulerName}`,
      ...(typeof placement === "string" ? [placement] : []),
    ],
    waitsFor: `a scheduler that places pods with schedulerName ${schedulerName}`,
    suggestions: isForeign
      ? [suggestPodChange("leave it to the cluster's own scheduler", template, change, [pod])]
      : [suggestLook("see that a scheduler runs", "get", "leases", "-n", "kube-system")],
  });
}
